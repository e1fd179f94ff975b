// A time by the clock of another place. In the night that has an hour twice, which of the two is meant can be said.

import { html } from '/lib/html.js';
import { offsetWords } from '/lib/format.js';
import { t } from '/lib/i18n.js';
import { fromInput, instantsOf, toInput } from '/lib/zone.js';
import { Choice, Field } from '/parts/form.js';

/** @param value,set an instant, milliseconds; what else is given goes onto the control */
export function TimeField({ label, zone, value, set, error = null, ...rest }) {
    const text = toInput(value, zone);
    const both = instantsOf(text, zone);
    const type = (event) => { const at = fromInput(event.target.value, zone); if (at !== null) set(at); };
    return html`
        <div class="time-field">
            <${Field} label=${label} error=${error}>
                ${(given) => html`<input type="datetime-local" ...${given} ...${rest} value=${text} onInput=${type} />`}
            <//>
            ${both.length > 1 && html`
                <${Choice} legend=${t('twice', { time: text.slice(11) })} name="twice" value=${`${value}`}
                    change=${(key) => set(Number(key))}
                    options=${both.map((at, index) =>
                        [`${at}`, t(index === 0 ? 'twice.first' : 'twice.second',
                        { offset: offsetWords(at, zone) })])} />`}
        </div>`;
}
