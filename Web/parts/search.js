import { html, useEffect, useRef } from '/lib/html.js';
import { t } from '/lib/i18n.js';
import { navigate, withQuery } from '/app/router.js';
import { useId } from '/parts/form.js';
import { Icon } from '/parts/icons.js';

/** A search whose words are in the address, as `name`; `clear` names what does not outlive a new search. */
export function Search({ label, name = 'q', value, placeholder = t('search'), clear = [] }) {
    const id = useId('search');
    const box = useRef(null);
    const timer = useRef(null);
    // The box is the reader's while they type; the address follows a moment later.
    useEffect(() => { if (document.activeElement !== box.current) box.current.value = value; }, [value]);
    useEffect(() => () => clearTimeout(timer.current), []);
    const type = (event) => {
        const text = event.target.value.trim();
        const others = Object.fromEntries(clear.map((key) => [key, null]));
        clearTimeout(timer.current);
        timer.current = setTimeout(() => navigate(withQuery({ ...others, [name]: text }), { replace: true }), 200);
    };
    const escape = (event) => {
        if (event.key !== 'Escape' || event.target.value === '') return;
        event.target.value = '';
        type(event);
    };
    return html`
        <div class="search-box">
            <${Icon} name="search" />
            <label class="unseen" for=${id}>${label}</label>
            <input ref=${box} id=${id} type="search" placeholder=${placeholder} autocomplete="off" spellcheck="false"
                onInput=${type} onKeyDown=${escape} />
        </div>`;
}

/** One of a list, in the address: `options` are [value, word]; an empty value stands for all. */
export function Pick({ label, name, value, options, clear = [] }) {
    const id = useId('pick');
    const others = Object.fromEntries(clear.map((key) => [key, null]));
    const change = (event) => navigate(withQuery({ ...others, [name]: event.target.value }), { replace: true });
    return html`
        <div class="select-box">
            <label class="unseen" for=${id}>${label}</label>
            <select id=${id} value=${value} onChange=${change}>${options.map(([key, word]) => html`
                <option key=${key} value=${key} selected=${key === value}>${word}</option>`)}</select>
            <${Icon} name="down" />
        </div>`;
}
