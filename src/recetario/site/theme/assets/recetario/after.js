// Runs after the theme's script, which makes a landmark around each copy button: too many to be of use.
document.querySelectorAll(".md-code__nav").forEach((nav) => nav.setAttribute("role", "presentation"));
