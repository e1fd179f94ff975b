// Light, dark, or whatever the system says. The choice is kept on this device only.

import { useEffect, useState } from '/lib/html.js';

const system = matchMedia('(prefers-color-scheme: dark)');
const listeners = new Set();

export const choices = ['system', 'light', 'dark'];

export function chosen() {
    try {
        const stored = localStorage.getItem('theme');
        return choices.includes(stored) ? stored : 'system';
    } catch { return 'system'; }
}

function apply() {
    const choice = chosen();
    const theme = choice === 'system' ? (system.matches ? 'dark' : 'light') : choice;
    if (document.documentElement.dataset.theme !== theme) document.documentElement.dataset.theme = theme;
    for (const listener of [...listeners]) listener();
}

export function choose(choice) {
    try { localStorage.setItem('theme', choice); } catch { /* It then lasts as long as the page. */ }
    apply();
}

system.addEventListener('change', apply);
addEventListener('storage', (event) => { if (event.key === 'theme') apply(); });

/** [the choice, the theme that is shown]. */
export function useTheme() {
    const [, set] = useState(0);
    useEffect(() => {
        const each = () => set((value) => value + 1);
        listeners.add(each);
        return () => listeners.delete(each);
    }, []);
    return [chosen(), document.documentElement.dataset.theme];
}

/** Value of a colour token as it is now, for what cannot read CSS: the canvas of a chart. */
export const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
