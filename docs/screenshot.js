// What the picture in the README shows: three keys written, the leader dead, the next one
// elected, and a fourth key on its way. The body of an asynchronous function, for
// `cargo xtask screenshots --script`.
const find = (name) => document.querySelector(`[data-testid="${name}"]`);
const leader = () => document.querySelector('[data-testid^="node-"][data-role="leader"]');
const number = (node) => Number(node.dataset.testid.slice("node-".length));
const ended = () => document.querySelectorAll('[data-testid="console-entry"]').length;
const press = (element, key) =>
  element.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));

const type = async (node, line) => {
  const at = find("console-node");
  at.value = String(node);
  at.dispatchEvent(new Event("change", { bubbles: true }));
  // The prompt has been drawn again once the next frame is there.
  await new Promise(requestAnimationFrame);
  await new Promise(requestAnimationFrame);
  find("console-input").value = line;
  press(find("console-input"), "Enter");
};
const typeAndWait = async (node, line) => {
  const before = ended();
  await type(node, line);
  await waitFor(() => ended() > before);
};

await typeAndWait(3, "etcdctl put /shelf/1 solaris");
await typeAndWait(3, "etcdctl put /shelf/4 dune");
await typeAndWait(3, "etcdctl put /shelf/7 ubik");

const term = Number(leader().dataset.term);
press(document.body, "l");
await waitFor(() => leader() !== null && Number(leader().dataset.term) > term);

const next = number(leader());
await typeAndWait(next, "etcdctl get --prefix /shelf --keys-only");
await type(next, "etcdctl put /shelf/9 hyperion");
await waitFor(() => document.querySelector("main svg").textContent.includes("append 6"));
for (let frame = 0; frame < 5; frame += 1) await new Promise(requestAnimationFrame);
find("play").click();
document.activeElement.blur();
