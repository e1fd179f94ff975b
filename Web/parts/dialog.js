import { html, useEffect, useRef } from '/lib/html.js';
import { t } from '/lib/i18n.js';
import { Icon } from '/parts/icons.js';
import { PrintNote } from '/parts/print.js';

/**
 * A window over the page. The browser's own <dialog> keeps the focus inside, closes on Escape and gives the focus back;
 * a click beside it closes it too.
 */
export function Dialog({ title, open, close, children }) {
    const element = useRef(null);
    const before = useRef(null);
    useEffect(() => {
        const dialog = element.current;
        if (open && !dialog.open) {
            before.current = document.activeElement;
            dialog.showModal();
            // In a form one wants to write; elsewhere the browser's choice, the way out, is right.
            dialog.querySelector('form input:is([type=text], [type=password])')?.focus();
        }
        if (!open && dialog.open) dialog.close();
    }, [open]);
    // A browser gives the focus back from a window that is closed, and not from one that is taken out of the page.
    useEffect(() => () => queueMicrotask(() => {
        if (document.activeElement === document.body) before.current?.focus({ preventScroll: true });
    }), []);
    const backdrop = (event) => { if (event.target === element.current) close(); };
    return html`
        <dialog class="dialog" ref=${element} aria-label=${title} onClose=${close} onClick=${backdrop}>
            ${open && html`
                <div class="dialog-box">
                    <header>
                        <h2>${title}</h2>
                        <button type="button" class="icon-button" aria-label=${t('close')} onClick=${close}>
                            <${Icon} name="close" />
                        </button>
                    </header>
                    ${children}
                    <${PrintNote} />
                </div>`}
        </dialog>`;
}
