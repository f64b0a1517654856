// Loads the page's program. What goes wrong before it runs is said here, because nobody
// else can.
const tag = document.querySelector("script[data-js]");
const address = (path) => new URL(path, document.baseURI).href;

const fail = (error) => {
  console.error(error);
  const words = document.getElementById("start-words");
  if (words === null) return;
  words.parentElement.setAttribute("role", "alert");
  words.textContent = `Glassraft could not start: ${error?.message ?? error}. `
    + "It needs a browser with WebAssembly; loading the page again may help.";
};

try {
  const { default: start } = await import(address(tag.dataset.js));
  await start({ module_or_path: address(tag.dataset.wasm) });
} catch (error) {
  fail(error);
}
