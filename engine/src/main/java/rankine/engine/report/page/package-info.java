/**
 * A report as one HTML page, with its drawings. The skeleton, style sheet and script are resources
 * beside these classes; each section is a class that writes what fills one slot of the skeleton.
 *
 * <p>No figure is worked out here, only written: rounded, labelled, drawn. All text goes through
 * {@code Markup}, which escapes it. The only file touched is the page.
 */
package rankine.engine.report.page;
