import { html, useState } from '/lib/html.js';
import { Icon } from '/parts/icons.js';

/** Puts text on the clipboard; the old way where the new one is not allowed (plain http on another host). */
async function put(text) {
    try { await navigator.clipboard.writeText(text); return true; } catch { /* Try the old way. */ }
    const area = document.createElement('textarea');
    area.value = text;
    area.className = 'unseen';
    document.body.append(area);
    area.select();
    const done = document.execCommand('copy');
    area.remove();
    return done;
}

/** [what came of it, for a moment; copy()]. */
function useCopy(text) {
    const [state, set] = useState('');
    const copy = async () => {
        set(await put(text) ? 'Copied' : 'Select and copy by hand');
        setTimeout(() => set(''), 2500);
    };
    return [state, copy];
}

/** A link that copies a text, within a line. */
export function CopyLink({ text, word }) {
    const [state, copy] = useCopy(text);
    return html`
        <button type="button" class="link copy-link" onClick=${copy}>${state || word}</button>
        <span class="unseen" role="status">${state}</span>`;
}

/** A command line with a button that copies it. */
export function Command({ line, label }) {
    const [state, copy] = useCopy(line);
    return html`
        <div class="command-line">
            <code tabindex="0" role="region" aria-label=${label}>${line}</code>
            <button type="button" class="button small" onClick=${copy} aria-label=${`Copy: ${label}`}>
                <${Icon} name="copy" />
                <span class="command-copied">${state === 'Copied' ? 'Copied' : 'Copy'}</span>
            </button>
            <span class="unseen" role="status">${state}</span>
        </div>`;
}
