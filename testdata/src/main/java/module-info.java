/** Finds the files that the tests read. No module that a user runs depends on it. */
module rankine.testdata {
  exports rankine.testdata;
}
