// Contrast of every text with its background: WCAG 2.2, 1.4.3, at least 4.5 to 1.
const channels = (colour) => colour.match(/[\d.]+/g).map(Number);

function luminance([r, g, b]) {
  const [x, y, z] = [r, g, b].map((c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * x + 0.7152 * y + 0.0722 * z;
}

function background(element) {
  for (let e = element; e; e = e.parentElement) {
    const colour = channels(getComputedStyle(e).backgroundColor);
    if (colour.length === 3 || colour[3] === 1) {
      return colour;
    }
  }
  return [255, 255, 255];
}

document.querySelectorAll("details").forEach((d) => (d.open = true));
const faint = [];
let texts = 0;
for (const element of document.body.querySelectorAll("*:not(script, title)")) {
  const own = [...element.childNodes].some((n) => n.nodeType === Node.TEXT_NODE && n.textContent.trim() !== "");
  if (!own) {
    continue;
  }
  texts++;
  const style = getComputedStyle(element);
  const front = luminance(channels(element instanceof SVGElement ? style.fill : style.color));
  const back = luminance(background(element));
  const ratio = (Math.max(front, back) + 0.05) / (Math.min(front, back) + 0.05);
  if (ratio < 4.5) {
    faint.push(`${element.tagName} '${element.textContent.trim().slice(0, 40)}': ${ratio.toFixed(2)}`);
  }
}
return { texts, faint: faint.slice(0, 20) };
