// The server shows and reads times in this zone; see LocalTimeMiddleware.
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (zone && !document.cookie.split("; ").includes(`timezone=${zone}`)) {
  document.cookie = `timezone=${zone}; path=/admin/; max-age=31536000; samesite=lax`;
}

// Buttons [data-copies="#id"] put the text of that field on the clipboard.
for (const button of document.querySelectorAll("[data-copies]")) {
  button.addEventListener("click", async () => {
    const field = document.querySelector(button.dataset.copies);
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
      button.textContent = "Copied";
    } catch {
      button.textContent = "Press Ctrl+C";
    }
  });
}
for (const field of document.querySelectorAll("[data-select-all]")) {
  field.addEventListener("focus", () => field.select());
}

// A transcript opens at its end, where the conversation is.
for (const box of document.querySelectorAll("[data-opens-at-end]")) {
  box.scrollTop = box.scrollHeight;
}

// The search boxes of Django's admin forget their labels, which those who hear the page need.
// jQuery calls in the order of asking, so this comes after the script that makes the boxes.
window.django?.jQuery?.(() => {
  for (const box of document.querySelectorAll(".select2-selection")) {
    const select = box.closest(".select2-container").previousElementSibling;
    const label = document.querySelector(`label[for="${select.id}"]`);
    if (label) {
      label.id ||= `${select.id}_label`;
      box.setAttribute("aria-labelledby", `${label.id} ${box.getAttribute("aria-labelledby")}`);
    }
  }
});
