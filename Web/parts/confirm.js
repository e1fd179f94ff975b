import { html, useState } from '/lib/html.js';
import { useAction } from '/lib/hooks.js';
import { t } from '/lib/i18n.js';
import { Dialog } from '/parts/dialog.js';
import { Name } from '/parts/input.js';
import { Problem } from '/parts/problem.js';

/**
 * Asks before something that cannot be undone. `typed` is a word that has to be typed first; `act` does it (false: not
 * yet), and `close` is called when it is done or not wanted.
 */
export function Confirm({ title, action, act, close, typed = null, danger = true, children }) {
    const [text, set] = useState('');
    const { busy, error, run } = useAction();
    const ready = typed === null || text.trim() === typed;
    const submit = async (event) => {
        event.preventDefault();
        event.stopPropagation();
        if (!ready) return;
        const result = await run(act);
        if (result !== undefined && result !== false) close();
    };
    return html`
        <${Dialog} title=${title} open=${true} close=${close}>
            <form onSubmit=${submit}>
                <div class="stack">${children}</div>
                ${typed !== null && html`
                    <${Name} label=${t('confirm.type', { word: typed })} value=${text} set=${set} />`}
                ${error && html`<${Problem} error=${error} small level="h3" />`}
                <p class="actions end">
                    <button type="button" class="button" onClick=${close}>${t('cancel')}</button>
                    <button type="submit" class=${danger ? 'button primary danger' : 'button primary'}
                        disabled=${!ready}
                        aria-busy=${busy}>${action}</button>
                </p>
            </form>
        <//>`;
}
