// Runs before anything is drawn, so that a pinned theme does not flash in the other one. Kept tiny for that reason.
(function () {
    var choice = 'system';
    try { choice = localStorage.getItem('theme') || 'system'; } catch (error) { /* Storage may be forbidden. */ }
    var dark = matchMedia('(prefers-color-scheme: dark)').matches;
    document.documentElement.dataset.theme = choice === 'system' ? (dark ? 'dark' : 'light') : choice;
})();
