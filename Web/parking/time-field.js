// A time by the clock of a car park. In the night that has an hour twice, which of the two is meant can be said.

import { html } from '/lib/html.js';
import { fromInput, instantsOf, offsetWords, toInput } from '/parking/zone.js';
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
                <${Choice} legend=${`${text.slice(11)} comes twice that night`} name="twice" value=${`${value}`} change=${(key) => set(Number(key))}
                    options=${both.map((at, index) => [`${at}`, `${index === 0 ? 'First' : 'Second'} (${offsetWords(at, zone)})`])} />`}
        </div>`;
}
