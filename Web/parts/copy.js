import { html, useState } from '/lib/html.js';
import { t } from '/lib/i18n.js';
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

/** [what came of it, for a moment; copy(); whether it was copied]. */
function useCopy(text) {
    const [state, set] = useState('');
    const copy = async () => {
        set(await put(text) ? 'done' : 'byHand');
        setTimeout(() => set(''), 2500);
    };
    return [state && t(`copy.${state}`), copy, state === 'done'];
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
    const [state, copy, isCopied] = useCopy(line);
    return html`
        <div class="command-line">
            <code tabindex="0" role="region" aria-label=${label}>${line}</code>
            <button type="button" class="button small" onClick=${copy} aria-label=${t('copy.label', { label })}>
                <${Icon} name="copy" />
                <span class="command-copied">${isCopied ? t('copy.done') : t('copy')}</span>
            </button>
            <span class="unseen" role="status">${state}</span>
        </div>`;
}
