const box = document.getElementById("search"), told = document.getElementById("found");
const features = [...document.querySelectorAll("article")];
document.getElementById("searching").hidden = false;
box.addEventListener("input", () => {
  const wanted = box.value.toLowerCase().split(/\s+/).filter(Boolean);
  let found = 0;
  for (const feature of features) {
    const text = feature.textContent.toLowerCase();
    feature.hidden = !wanted.every((word) => text.includes(word));
    found += feature.hidden ? 0 : 1;
  }
  for (const group of document.querySelectorAll("section.group")) {
    group.hidden = !group.querySelector("article:not([hidden])");
  }
  told.textContent = `${found} of ${features.length} features`;
});
