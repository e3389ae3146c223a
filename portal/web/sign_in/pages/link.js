// The link's text is behind the #, so it has been sent to nobody yet; it goes out of the address bar at once.
const link = location.hash.slice(1);
history.replaceState(null, "", location.pathname);
const form = document.querySelector("form");
const status = document.querySelector("[role=status]");
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const answer = await fetch("/auth/link", {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-Requested-With": "portal" },
    body: JSON.stringify({ link, password: form.password.value }),
  });
  if (answer.ok) form.remove();
  status.textContent = answer.ok ? "Your password is set. You can sign in with it now." : (await answer.json()).errors[0].message;
});
