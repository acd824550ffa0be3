/** Locates the files that tests read. No product module may depend on it. */
module rankine.testdata {
  exports rankine.testdata;
}
