/* Times in the reader's own zone. */

const zone = { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" };

for (const time of document.querySelectorAll("time[datetime]")) {
  time.textContent = new Date(time.dateTime).toLocaleString([], zone);
}
