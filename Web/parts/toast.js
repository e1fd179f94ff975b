// Short messages that need no answer. Failures stay until they are closed.

import { html, useEffect, useState } from '/lib/html.js';
import { t } from '/lib/i18n.js';
import { Glyph, Icon } from '/parts/icons.js';

const most = 4;
let items = [];
let serial = 0;
const listeners = new Set();

function change(next) {
    items = next;
    for (const listener of [...listeners]) listener();
}

/** Shows a message: {tone: good|warn|bad, text}. */
export function toast({ tone = 'good', text }) {
    serial += 1;
    change([...items, { id: serial, tone, text }].slice(-most));
}

const close = (id) => change(items.filter((item) => item.id !== id));

function Toast({ item }) {
    const [held, hold] = useState(false);
    useEffect(() => {
        if (held || item.tone === 'bad') return undefined;
        const timer = setTimeout(() => close(item.id), 6000);
        return () => clearTimeout(timer);
    }, [held]);
    return html`
        <li class="toast" data-tone=${item.tone} onMouseEnter=${() => hold(true)} onMouseLeave=${() => hold(false)}
            onFocusIn=${() => hold(true)} onFocusOut=${() => hold(false)}>
            <${Glyph} tone=${item.tone} />
            <span>${item.text}</span>
            <button type="button" class="icon-button" aria-label=${t('toast.close')} onClick=${() => close(item.id)}>
                <${Icon} name="close" />
            </button>
        </li>`;
}

/** The place where messages appear. One a page. */
export function Toasts() {
    const [, set] = useState(0);
    useEffect(() => {
        const each = () => set((value) => value + 1);
        listeners.add(each);
        return () => listeners.delete(each);
    }, []);
    return html`
        <div class="toasts" role="status" aria-live="polite">
            <ul role="list">${items.map((item) => html`<${Toast} key=${item.id} item=${item} />`)}</ul>
        </div>`;
}
