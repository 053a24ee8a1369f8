// A mind map in two views of one tree: the outline (typed lines) and the drawing. Changing the view
// saves first, and the server's answer holds the tree in both forms, so the two cannot differ.
import { keeper } from "./keeping.js";

const WIDE = "(min-width: 992px)";
const LAKE = "#0f5468";
const READABLE = 0.8;

const form = document.querySelector("form[data-map]");
if (form) keepMap(form);

function keepMap(form) {
  const outline = form.elements.outline;
  const host = form.querySelector("[data-host]");
  const panels = [...form.querySelectorAll("[data-panel]")];
  const links = [...form.querySelectorAll("[data-show]")];
  const most = Number(form.dataset.nodes);
  const deepest = Number(form.dataset.depth);
  let tree = JSON.parse(form.dataset.tree);
  let latestOutline = outline.value;
  let view = "outline";
  let mind = null;

  const typed = () => (view === "map" ? [["tree", JSON.stringify(drawn())]] : [["outline", outline.value]]);

  const keep = keeper({
    form,
    typed,
    accepted: (answer) => {
      tree = answer.tree;
      latestOutline = answer.outline;
      putOnPaper();
    },
    differs: () => keep.offerBoth(),
  });

  outline.addEventListener("input", () => keep.touched());
  form.addEventListener("submit", () => {
    form.elements.tree.value = view === "map" ? JSON.stringify(drawn()) : "";
  });

  // What is printed are the branches as a list; it follows each save.
  const paper = document.querySelector("[data-paper]");
  function listOf(children) {
    const list = document.createElement("ul");
    for (const child of children) {
      const item = document.createElement("li");
      item.append(child.text);
      if (child.children.length) item.append(listOf(child.children));
      list.append(item);
    }
    return list;
  }
  function putOnPaper() {
    paper.querySelector("h2").textContent = tree.text;
    paper.querySelector("ul")?.remove();
    if (tree.children.length) paper.append(listOf(tree.children));
  }

  // ---- The outline -------------------------------------------------------------------------------

  // Enter keeps the indentation of the line above; Tab stays the way out of the field.
  outline.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing || event.shiftKey || event.ctrlKey) return;
    const start = outline.value.lastIndexOf("\n", outline.selectionStart - 1) + 1;
    const lead = outline.value.slice(start, outline.selectionStart).match(/^\s*(?:- )?/)[0];
    if (!lead) return;
    event.preventDefault();
    outline.setRangeText(`\n${lead}`, outline.selectionStart, outline.selectionEnd, "end");
    keep.touched();
  });

  // ---- The drawing -------------------------------------------------------------------------------

  const node = (from, id) => ({
    id,
    topic: from.text,
    expanded: true,
    children: from.children.map((child, index) => node(child, `${id}-${index}`)),
  });
  const branch = (from) => ({ text: from.topic, children: (from.children || []).map(branch) });
  function drawn() { return mind ? branch(mind.nodeData) : tree; }

  const isWide = () => matchMedia(WIDE).matches;
  const size = (from) => 1 + (from.children || []).reduce((sum, child) => sum + size(child), 0);
  function depth(from) {
    let steps = 1;
    for (let here = from; here.parent; here = here.parent) steps += 1;
    return steps;
  }
  const height = (from) => 1 + Math.max(0, ...(from.children || []).map(height));

  function hasRoom(extra = 1) {
    if (size(mind.nodeData) + extra <= most) return true;
    keep.say(`แผนที่หนึ่งใส่ได้ไม่เกิน ${most} ข้อความ`, "bad");
    return false;
  }
  function isShallow(parent, below = 1) {
    if (depth(parent) + below <= deepest) return true;
    keep.say(`แตกกิ่งได้ไม่เกิน ${deepest} ชั้น`, "bad");
    return false;
  }

  function draw() {
    const MindElixir = window.MindElixir.default;
    mind = new MindElixir({
      el: host,
      direction: isWide() ? MindElixir.SIDE : MindElixir.RIGHT,
      editable: true,
      contextMenu: false,
      toolBar: false,
      keypress: true,
      allowUndo: true,
      newTopicName: "กิ่งใหม่",
      theme: {
        name: "portal",
        type: "light",
        palette: ["#3f8294"],
        cssVar: {
          "--node-gap-x": "22px", "--node-gap-y": "8px", "--main-gap-x": "26px", "--main-gap-y": "22px",
          "--main-color": "#14252c", "--main-bgcolor": "#ffffff", "--main-bgcolor-transparent": "rgba(255, 255, 255, 0.9)",
          "--color": "#14252c", "--bgcolor": "#ffffff", "--selected": LAKE, "--accent-color": LAKE,
          "--root-color": "#ffffff", "--root-bgcolor": LAKE, "--root-border-color": LAKE,
          "--root-radius": "6px", "--main-radius": "6px", "--topic-padding": "4px 10px", "--map-padding": "40px 24px",
          "--panel-color": "#14252c", "--panel-bgcolor": "#ffffff", "--panel-border-color": "#d6dedf",
        },
      },
      before: {
        addChild: (to) => hasRoom() && isShallow((to || mind.currentNode).nodeObj),
        insertSibling: () => hasRoom(),
        insertParent: () => false,
        copyNode: () => false,
        copyNodes: () => false,
        moveNodeIn: (from, to) => isShallow(to.nodeObj, Math.max(...from.map((one) => height(one.nodeObj)))),
      },
    });
    mind.init({ nodeData: node(tree, "root") });
    mind.bus.addListener("operation", (deed) => { if (deed.name !== "beginEdit") keep.touched(); });
    show();
  }

  // At first as large as can be read; on request all of it, however small.
  function show({ all = false } = {}) {
    mind.scaleFit();
    if (mind.scaleVal > 1) mind.scale(1);
    if (!all && mind.scaleVal < READABLE) mind.scale(READABLE);
    mind.toCenter();
    if (all) {
      const boxes = [...host.querySelectorAll("me-tpc")].map((one) => one.getBoundingClientRect());
      const frame = host.getBoundingClientRect();
      const middle = (from, to) => (Math.min(...boxes.map((box) => box[from])) + Math.max(...boxes.map((box) => box[to]))) / 2;
      mind.move((frame.left + frame.right) / 2 - middle("left", "right"), (frame.top + frame.bottom) / 2 - middle("top", "bottom"));
    } else if (!isWide()) {
      const root = host.querySelector("me-root me-tpc").getBoundingClientRect();
      mind.move(host.getBoundingClientRect().left + 16 - root.left, 0);
    }
    if (!mind.currentNode) mind.selectNode(mind.findEle("root"));
  }

  // Every key inside the drawing means something to it, so Escape is the way out.
  host.addEventListener("keydown", (event) => {
    if (event.target.id === "input-box") return;
    if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      links.find((link) => link.dataset.show === "map").focus();
    } else if ((event.ctrlKey || event.metaKey) && ["z", "y", "Z"].includes(event.key)) {
      keep.touched();
    } else if (/^F([3-9]|1[0-2])$/.test(event.key) || ((event.ctrlKey || event.metaKey) && "rpfltwns".includes(event.key))) {
      event.stopPropagation();
    }
  }, true);

  // The clipboard holds lines of text, nothing else: what comes from another page cannot be markup.
  const lines = (from, indent = "") => [`${indent}- ${from.topic}`, ...(from.children || []).flatMap((child) => lines(child, `${indent}  `))];
  for (const name of ["copy", "cut"]) {
    host.addEventListener(name, (event) => {
      event.stopPropagation();
      if (event.target.id === "input-box" || !mind?.currentNodes.length) return;
      event.preventDefault();
      event.clipboardData.setData("text/plain", mind.currentNodes.flatMap((one) => lines(one.nodeObj)).join("\n"));
      if (name === "cut") mind.removeNodes(mind.currentNodes.filter((one) => one.nodeObj.parent));
    }, true);
  }
  host.addEventListener("paste", (event) => {
    event.stopPropagation();
    if (event.target.id === "input-box" || !mind?.currentNode) return;
    event.preventDefault();
    const to = mind.currentNode;
    const texts = event.clipboardData.getData("text/plain").split("\n")
      .map((line) => line.replace(/^[\s*•–-]+/, "").trim()).filter(Boolean);
    if (!texts.length || !hasRoom(texts.length) || !isShallow(to.nodeObj)) return;
    pasteBelow(to, texts);
  }, true);
  async function pasteBelow(to, texts) {
    for (const topic of texts) {
      await mind.addChild(to, { id: crypto.randomUUID?.() || String(Math.random()), topic, children: [] });
      document.getElementById("input-box")?.blur();
    }
    mind.selectNode(to);
  }

  const deeds = {
    child: () => mind.addChild(),
    sibling: () => (mind.currentNode?.nodeObj.parent ? mind.insertSibling("after") : mind.addChild()),
    edit: () => mind.beginEdit(),
    remove: () => {
      const chosen = mind.currentNodes.filter((one) => one.nodeObj.parent);
      if (chosen.length) mind.removeNodes(chosen);
      else keep.say("เลือกกิ่งที่จะลบก่อน", "");
    },
    undo: () => { mind.undo(); keep.touched(); },
    fit: () => show({ all: true }),
  };
  for (const button of form.querySelectorAll("[data-deed]")) {
    button.addEventListener("click", () => {
      if (!mind.currentNode) mind.selectNode(mind.findEle(mind.nodeData.id));
      deeds[button.dataset.deed]();
    });
  }

  // ---- Changing the view -------------------------------------------------------------------------

  function turn(to) {
    view = to;
    for (const panel of panels) panel.hidden = panel.dataset.panel !== to;
    for (const link of links) {
      if (link.dataset.show === to) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
    if (to === "map") { mind?.destroy?.(); mind = null; draw(); } else outline.value = latestOutline;
    keep.settle();
  }

  for (const link of links) {
    link.addEventListener("click", async (event) => {
      event.preventDefault();
      const to = link.dataset.show;
      if (to === view) return;
      document.getElementById("input-box")?.blur();
      await keep.save();
      if (!keep.isClean()) return;   // what is wrong is said beside the heading; nothing is lost
      turn(to);
    });
  }

  const kept = keep.recall();
  if (kept) {
    const [name, value] = kept[0];
    if (name === "tree") {
      tree = JSON.parse(value);
      turn("map");
    } else {
      outline.value = value;
    }
    keep.reopen();
    keep.schedule(0);
  } else if (form.dataset.view === "map" || (!form.dataset.view && isWide() && !form.querySelector(".field-wrong"))) {
    turn("map");
  }
}
