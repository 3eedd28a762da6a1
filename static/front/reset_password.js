/* Sets a new password with the token from the mailed link, or asks for such a link. */

const API = "/api/v1/auth/password/reset";
const outcome = document.getElementById("outcome");
const choose = document.getElementById("choose");
const ask = document.getElementById("ask");
const password = document.getElementById("password");

function takeToken() {
  const token = location.hash.slice(1);
  // Out of the address bar and the history, where others could find it.
  if (token) history.replaceState(null, "", location.pathname);
  return token;
}

async function post(path, body) {
  try {
    const response = await fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    if (response.ok) return null;
    const { error } = await response.json();
    return error.details.reason ?? error.message;
  } catch {
    return "The server can't be reached. Please try again.";
  }
}

async function submit(form, path, body, done) {
  const button = form.querySelector("button:not([type])");
  button.disabled = true;
  const trouble = await post(path, body);
  button.disabled = false;
  outcome.className = trouble ? "bad" : "good";
  outcome.textContent = trouble ?? done;
  form.hidden = !trouble;
}

const token = takeToken();
(token ? choose : ask).hidden = false;

choose.addEventListener("submit", (event) => {
  event.preventDefault();
  submit(choose, `${API}/confirm`, { token, password: password.value }, "Done. You can log in now.");
});

ask.addEventListener("submit", (event) => {
  event.preventDefault();
  const email = document.getElementById("email").value;
  submit(ask, API, { email }, "If we know this address, a link is on its way to it.");
});

document.getElementById("show").addEventListener("change", (event) => {
  password.type = event.target.checked ? "text" : "password";
});
