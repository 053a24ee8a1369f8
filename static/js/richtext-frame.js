// Runs inside the sandboxed frame, whose origin is nobody's. It shows CKEditor, and speaks with the
// page around it through one channel: the text comes in, its changes, height and focus go out.

(() => {
  const folder = document.currentScript.dataset.editor;
  window.CKEDITOR_BASEPATH = new URL(folder, location.href).href;

  const ALLOWED = "p h2 h3 h4 strong em u s ol ul li blockquote hr br sub sup table thead tbody tr td th; a[!href]";
  const WITHOUT = [
    "about", "autoembed", "bidi", "colorbutton", "colordialog", "copyformatting", "devtools", "dialogadvtab", "div",
    "editorplaceholder", "elementspath", "embed", "exportpdf", "filebrowser", "filetools", "find", "flash",
    "floatingspace", "font", "forms", "iframe", "iframedialog", "image", "indentblock", "justify", "language",
    "liststyle", "magicline", "maximize", "newpage", "pagebreak", "preview", "print", "resize", "save", "scayt",
    "selectall", "showblocks", "smiley", "sourcearea", "specialchar", "stylescombo", "stylesheetparser", "tab",
    "templates", "uploadimage", "uploadwidget", "wsc", "wysiwygarea",
  ];
  const TOOLBAR = [
    { name: "styles", items: ["Format"] },
    { name: "basicstyles", items: ["Bold", "Italic", "Underline"] },
    { name: "paragraph", items: ["BulletedList", "NumberedList", "Blockquote"] },
    { name: "links", items: ["Link", "Unlink"] },
    { name: "insert", items: ["Table", "HorizontalRule"] },
    { name: "cleanup", items: ["RemoveFormat"] },
    { name: "undo", items: ["Undo", "Redo"] },
  ];
  // What the editor's own Thai leaves in English, or says otherwise than the office does.
  const WORDS = {
    application: "ช่องเขียนข้อความ",
    editor: "ช่องเขียนข้อความ",
    editorPanel: "รายการให้เลือก",
    common: {
      editorHelp: "กด Alt+F10 ไปที่แถบเครื่องมือ กด Alt+0 อ่านวิธีใช้แป้นพิมพ์ กด Tab ออกจากช่องเขียน",
      alignCenter: "กึ่งกลาง", alignNone: "ไม่กำหนด", optionDefault: "ตามปกติ", justify: "เต็มแนว",
      keyboardShortcut: "แป้นลัด", url: "ที่อยู่เว็บ", protocol: "แบบ",
      unavailable: '%1<span class="cke_accessibility"> ใช้ไม่ได้ตอนนี้</span>',
      confirmCancel: "ปิดโดยไม่เก็บสิ่งที่แก้",
    },
    basicstyles: { bold: "ตัวหนา", italic: "ตัวเอียง", underline: "ขีดเส้นใต้" },
    blockquote: { toolbar: "ย่อหน้ายกมา" },
    contextmenu: { options: "รายการคำสั่ง" },
    clipboard: {
      paste: "วาง", pasteArea: "ที่วางข้อความ", pasteMsg: "วางข้อความในช่องข้างล่าง แล้วกดตกลง",
      pasteNotification: "กด %1 เพื่อวาง",
      fileFormatNotSupportedNotification: "ช่องนี้รับเฉพาะข้อความ แนบไฟล์ที่ช่องแนบไฟล์",
      fileWithoutFormatNotSupportedNotification: "ช่องนี้รับเฉพาะข้อความ แนบไฟล์ที่ช่องแนบไฟล์",
    },
    format: {
      label: "รูปแบบ", panelTitle: "รูปแบบย่อหน้า", tag_p: "ข้อความ", tag_h2: "หัวข้อใหญ่", tag_h3: "หัวข้อ", tag_h4: "หัวข้อย่อย",
    },
    horizontalrule: { toolbar: "เส้นคั่น" },
    link: {
      toolbar: "ลิงก์", unlink: "เอาลิงก์ออก", menu: "แก้ลิงก์", title: "ลิงก์", info: "ลิงก์", displayText: "ข้อความที่แสดง",
      type: "ชนิด", toUrl: "เว็บ", toEmail: "อีเมล", toPhone: "โทรศัพท์", toAnchor: "จุดในหน้านี้", emailAddress: "อีเมล",
      emailSubject: "เรื่อง", emailBody: "ข้อความ", phoneNumber: "หมายเลขโทรศัพท์",
      noUrl: "ใส่ที่อยู่เว็บ", noEmail: "ใส่อีเมล", noTel: "ใส่หมายเลขโทรศัพท์",
    },
    list: { bulletedlist: "รายการจุด", numberedlist: "รายการเลข" },
    notification: { closed: "ปิดข้อความแล้ว" },
    removeformat: { toolbar: "ล้างรูปแบบ" },
    table: {
      toolbar: "ตาราง", menu: "ตาราง", title: "ตาราง", rows: "แถว", columns: "คอลัมน์", deleteTable: "ลบตาราง",
      headers: "หัวตาราง", headersNone: "ไม่มี", headersRow: "แถวแรก", headersColumn: "คอลัมน์แรก", headersBoth: "ทั้งสองอย่าง",
      row: { menu: "แถว", insertBefore: "แทรกแถวก่อนหน้า", insertAfter: "แทรกแถวถัดไป", deleteRow: "ลบแถว" },
      column: { menu: "คอลัมน์", insertBefore: "แทรกคอลัมน์ก่อนหน้า", insertAfter: "แทรกคอลัมน์ถัดไป", deleteColumn: "ลบคอลัมน์" },
      cell: { menu: "ช่อง", insertBefore: "แทรกช่องก่อนหน้า", insertAfter: "แทรกช่องถัดไป", deleteCell: "ลบช่อง" },
      invalidRows: "จำนวนแถวต้องมากกว่า 0", invalidCols: "จำนวนคอลัมน์ต้องมากกว่า 0",
    },
    toolbar: {
      toolbars: "แถบเครื่องมือ",
      toolbarGroups: {
        styles: "รูปแบบ", basicstyles: "ตัวอักษร", paragraph: "ย่อหน้า", links: "ลิงก์", insert: "แทรก", cleanup: "ล้าง", undo: "เลิกทำ",
      },
    },
    undo: { undo: "เลิกทำ", redo: "ทำซ้ำ" },
  };
  const THAI = "U+02D7, U+0303, U+0331, U+0E01-0E5B, U+200C-200D, U+25CC";
  const LATIN = "U+0000-00FF, U+2000-206F";
  const DIALOG_HEIGHT = 520;
  const BELOW = 28;   // padding and the margin of the last paragraph
  const ESCAPE = 27;

  let started = false;

  window.addEventListener("message", (event) => {
    if (started || event.source !== window.parent || !event.ports[0]) return;
    started = true;
    const begin = () => translate(() => edit(event.ports[0], event.data));
    if (window.CKEDITOR) begin();
    else window.addEventListener("load", begin);
  });

  function translate(next) {
    CKEDITOR.lang.load("th", "en", (_, words) => { merge(words, WORDS); next(); });
  }

  function merge(into, from) {
    for (const [key, value] of Object.entries(from)) {
      if (typeof value === "object" && into[key]) merge(into[key], value);
      else into[key] = value;
    }
  }

  function edit(port, { text, label, isWrong }) {
    const area = document.getElementById("text");
    area.value = text;
    CKEDITOR.disableAutoInline = true;
    const editor = CKEDITOR.replace(area, {
      versionCheck: false,
      language: "th",
      defaultLanguage: "th",
      customConfig: "",
      stylesSet: false,
      contentsCss: [],
      title: label,
      applicationTitle: `ช่องเขียน: ${label}`,
      extraPlugins: "divarea",
      removePlugins: WITHOUT.join(","),
      removeDialogTabs: "link:advanced;link:target;link:upload;table:advanced",
      toolbar: TOOLBAR,
      toolbarCanCollapse: false,
      allowedContent: ALLOWED,
      format_tags: "p;h2;h3;h4",
      coreStyles_bold: { element: "strong", overrides: "b" },
      coreStyles_italic: { element: "em", overrides: "i" },
      linkShowAdvancedTab: false,
      linkShowTargetTab: false,
      linkDefaultProtocol: "https://",
      entities: false,
      basicEntities: true,
      disableNativeSpellChecker: false,
      enableTabKeyTools: false,
      tabSpaces: 0,
      startupFocus: false,
      undoStackSize: 100,
      dialog_noConfirmCancel: true,
      height: "auto",
      clipboard_handleImages: false,
    });

    let sent = null;
    const now = () => { sent = editor.getData(); return sent; };
    const tell = () => {
      const before = sent;
      if (now() !== before) port.postMessage({ kind: "text", text: sent });
    };

    editor.on("instanceReady", () => {
      const body = editor.editable();
      body.setAttribute("aria-label", label);
      body.setAttribute("aria-multiline", "true");
      if (isWrong) body.setAttribute("aria-invalid", "true");
      now();
      port.onmessage = ({ data }) => {
        if (data?.kind === "focus") editor.focus();
        else if (data?.kind === "flush") port.postMessage({ kind: "flushed", text: now() });
        else if (data?.kind === "font") addFont(data);
      };
      editor.on("change", tell);
      body.$.addEventListener("input", () => { editor.selectionChange(true); tell(); });
      body.$.addEventListener("compositionend", tell);
      editor.on("afterCommandExec", () => {
        holdEmptyStyle(editor);
        setTimeout(() => holdEmptyStyle(editor), 0);
      });
      watchHeight(editor, body.$, port);
      port.postMessage({ kind: "ready" });
    });
    editor.on("key", (event) => {
      if (event.data.keyCode !== ESCAPE) return;
      port.postMessage({ kind: "leave", back: false });
      event.cancel();
    });
    // Focus that comes to the frame as a whole goes to the text; a click or a tab says where itself.
    window.addEventListener("focus", () => setTimeout(() => {
      if (document.hasFocus() && document.activeElement === document.body) editor.focus();
    }, 50));
  }

  // A style chosen before its words are typed is an empty element. When the tool was reached by
  // keyboard, the editor loses its caret there again; selecting the place once more holds it.
  function holdEmptyStyle(editor) {
    const range = editor.getSelection()?.getRanges()[0];
    const place = range?.startContainer;
    if (range?.collapsed && place.type === CKEDITOR.NODE_ELEMENT && !place.equals(editor.editable()) && !place.getText()) range.select();
  }

  function watchHeight(editor, body, port) {
    let told = 0;
    // The place of the text fills the frame: how much it needs is where its last child ends.
    const needed = () => {
      const top = body.getBoundingClientRect().top;
      const bottom = body.lastElementChild?.getBoundingClientRect().bottom ?? top;
      return top + Math.ceil(bottom - top + body.scrollTop) + BELOW;
    };
    const tell = () => {
      const height = Math.max(needed(), CKEDITOR.dialog?.getCurrent?.() ? DIALOG_HEIGHT : 0);
      if (height !== told) port.postMessage({ kind: "height", height });
      told = height;
    };
    new ResizeObserver(tell).observe(body);
    editor.on("change", tell);
    editor.on("dialogShow", tell);
    editor.on("dialogHide", () => setTimeout(tell, 0));
    window.addEventListener("resize", tell);
    tell();
  }

  function addFont({ bytes, weight, isThai }) {
    const font = new FontFace("Sarabun", bytes, { weight, unicodeRange: isThai ? THAI : LATIN });
    font.load().then(() => document.fonts.add(font), () => {});
  }
})();
