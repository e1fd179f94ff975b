// Writing to those who run the classrooms.

import { html, useState } from '/lib/html.js';
import { number } from '/lib/format.js';
import { useAction, useLoad } from '/lib/hooks.js';
import { api } from '/classrooms/api.js';
import { t } from '/classrooms/words.js';
import { Field } from '/parts/form.js';
import { Crumb, Head } from '/parts/head.js';
import { Icon } from '/parts/icons.js';
import { Text } from '/parts/input.js';
import { Problem } from '/parts/problem.js';

/** The hub counts in bytes of UTF-8. */
const sizeOf = (text) => new TextEncoder().encode(text).length;
const most = { subject: 200, message: 5000 };

function Sent({ again }) {
    return html`
        <section class="card stack" role="status">
            <h2><${Icon} name="check" /> ${t('contact.sent')}</h2>
            <p>${t('contact.sent.says')}</p>
            <p class="actions">
                <a class="button primary" href="/classrooms">${t('room.all')}</a>
                <button type="button" class="button" onClick=${again}>${t('contact.again')}</button>
            </p>
        </section>`;
}

function Form({ room }) {
    const [subject, setSubject] = useState(room ? t('contact.about', { room: room.name }) : '');
    const [message, setMessage] = useState('');
    const [isSent, send] = useState(false);
    const { busy, error, run } = useAction();
    const left = most.message - sizeOf(message);
    const isLong = { subject: sizeOf(subject) > most.subject, message: left < 0 };
    const submit = async (event) => {
        event.preventDefault();
        if (isLong.subject || isLong.message) return;
        const body = { subject: subject.trim(), message, ...(room ? { site: room.site } : {}) };
        if (await run(() => api.contact(body)) === undefined) return;
        setMessage('');
        setSubject('');
        send(true);
    };
    if (isSent) return html`<${Sent} again=${() => send(false)} />`;
    return html`
        <form class="card stack" onSubmit=${submit}>
            <${Text} label=${t('contact.subject')} value=${subject} set=${setSubject} required
                error=${isLong.subject ? t('contact.long', { most: most.subject }) : null} />
            <${Field} label=${t('contact.message')}
                error=${isLong.message ? t('contact.long', { most: most.message }) : null}>
                ${(given) => html`<textarea class="contact-text" rows="8" required ...${given} value=${message}
                    onInput=${(event) => setMessage(event.target.value)}></textarea>`}
            <//>
            <p class="hint" aria-live="polite">${left < 500 && left >= 0
                ? t('contact.left', { count: left, shown: number(left, 0) }) : t('contact.limits')}</p>
            ${error && html`<${Problem} error=${error} small level="h2" />`}
            <p class="actions"><button type="submit" class="button primary" aria-busy=${busy}
                disabled=${subject.trim() === '' || message.trim() === '' || isLong.subject || isLong.message}>
                ${t('contact.send')}</button></p>
        </form>`;
}

export function Page({ query }) {
    const id = query.get('room');
    // Without the room that was meant one can write as well.
    const { data: room, loading } = useLoad(id ?? '', (options) => (id ? api.room(id, options).catch(() => null)
        : Promise.resolve(null)));
    return html`
        <${Head} title=${t('contact.title')} above=${html`<${Crumb} path="/classrooms" word=${t('room.all')} />`}>
            <p class="lead">${t('contact.says')}</p>
        <//>
        <div class="contact">${!(id && loading) && html`
            <${Form} key=${room?.classroom_id ?? ''} room=${room} />`}</div>`;
}
