import { html, useRef } from '/lib/html.js';

let serial = 0;

/** A stable id for a label and its control. */
export function useId(stem) {
    const id = useRef(null);
    if (id.current === null) { serial += 1; id.current = `${stem}-${serial}`; }
    return id.current;
}

/**
 * A labelled control with a hint and, when it is wrong, the reason in words. `children` gets the attributes to put on
 * the control.
 */
export function Field({ label, hint = null, error = null, children }) {
    const id = useId('field');
    const described = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ') || null;
    return html`
        <div class="field" data-wrong=${error !== null}>
            <label for=${id}>${label}</label>
            ${hint && html`<p class="hint" id=${`${id}-hint`}>${hint}</p>`}
            ${children({ id, 'aria-describedby': described, 'aria-invalid': error ? 'true' : null })}
            ${error && html`<p class="field-error" id=${`${id}-error`}>${error}</p>`}
        </div>`;
}

/** A few choices of which one holds: radio buttons that look like one control. */
export function Choice({ legend, name, options, value, change, hideLegend = false }) {
    const id = useId(name);
    return html`
        <fieldset class="choice">
            <legend class=${hideLegend ? 'unseen' : null}>${legend}</legend>
            <div class="choice-row">${options.map(([key, word]) => html`
                <label key=${key} data-on=${value === key}>
                    <input type="radio" name=${id} value=${key} checked=${value === key}
                        onChange=${() => change(key)} />
                    <span>${word}</span>
                </label>`)}</div>
        </fieldset>`;
}

/** Leads to the first control that is wrong, once the form is drawn with what was found. */
export function focusWrong(form) {
    requestAnimationFrame(() => form.querySelector('[aria-invalid]')?.focus());
}
