// Progressive extras for every page. Each page works without this file.
document.body.classList.add("js-enabled", "nhsuk-frontend-supported");
const own = document.querySelector("script[data-nhsuk]");
if (own.dataset.nhsuk) {
  const { initAll } = await import(own.dataset.nhsuk);
  initAll();
}
