// Fields of forms: text, password, one of a list.

import { html, useState } from '/lib/html.js';
import { t } from '/lib/i18n.js';
import { Field } from '/parts/form.js';
import { Icon } from '/parts/icons.js';

/** A line of text. What else is given goes onto the control: autocomplete, inputmode, maxlength. */
export function Text({ label, value, set, hint = null, error = null, type = 'text', ...rest }) {
    return html`
        <${Field} label=${label} hint=${hint} error=${error}>
            ${(given) => html`
                <input type=${type} ...${given} ...${rest} value=${value}
                    onInput=${(event) => set(event.target.value)} />`}
        <//>`;
}

/** A name or a code: nothing that a keyboard should correct. */
export function Name(props) {
    return html`<${Text} autocapitalize="none" autocorrect="off" spellcheck="false" autocomplete="off" ...${props} />`;
}

/** A password that can be shown while it is typed. */
export function Password({ label, value, set, hint = null, error = null, ...rest }) {
    const [seen, see] = useState(false);
    return html`
        <${Field} label=${label} hint=${hint} error=${error}>
            ${(given) => html`
                <div class="password">
                    <input type=${seen ? 'text' : 'password'} autocapitalize="none" autocorrect="off" spellcheck="false"
                        ...${given} ...${rest} value=${value} onInput=${(event) => set(event.target.value)} />
                    <button type="button" class="button quiet small" aria-pressed=${seen} onClick=${() => see(!seen)}>
                        ${seen ? t('password.hide') : t('password.show')}<span
                            class="unseen"> ${label.toLowerCase()}</span>
                    </button>
                </div>`}
        <//>`;
}

/** One of a list: `options` are [value, word]. */
export function Select({ label, value, set, options, hint = null, error = null }) {
    return html`
        <${Field} label=${label} hint=${hint} error=${error}>
            ${(given) => html`
                <div class="select-box wide">
                    <select ...${given} value=${value} onChange=${(event) => set(event.target.value)}>
                        ${options.map(([key, word]) => html`
                            <option key=${key} value=${key} selected=${key === value}>${word}</option>`)}
                    </select>
                    <${Icon} name="down" />
                </div>`}
        <//>`;
}
