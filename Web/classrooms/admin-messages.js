// What staff write to those who run the classrooms: those that nobody has answered, or all.

import { html } from '/lib/html.js';
import { useAction, useEvery } from '/lib/hooks.js';
import { usePages } from '/lib/pages.js';
import { instant } from '/lib/time.js';
import { admin } from '/classrooms/admin-api.js';
import { Top } from '/classrooms/admin-nav.js';
import { t } from '/classrooms/admin-words.js';
import { Age } from '/parts/age.js';
import { Badge } from '/parts/badge.js';
import { Empty } from '/parts/empty.js';
import { More } from '/parts/more.js';
import { Problem } from '/parts/problem.js';
import { LeadSkeleton, Skeleton } from '/parts/skeleton.js';
import { LinkChoice } from '/parts/tabs.js';
import { toast } from '/parts/toast.js';

function Message({ message, reload }) {
    const { busy, error, run } = useAction();
    const answered = message.answered_at !== null;
    const say = () => run(async () => {
        await admin.answered(message.id);
        toast({ text: t('message.done', { subject: message.subject }) });
        reload();
    });
    return html`
        <li class="card stack">
            <div class="admin-message">
                <h2>${message.subject}</h2>
                <${Badge} tone=${answered ? 'good' : 'busy'} word=${t(answered ? 'message.answered' : 'message.open')}
                    quiet />
            </div>
            <p class="hint">${message.sender ?? t('somebody')} · <${Age} at=${instant(message.at)} /></p>
            <p class="admin-words">${message.message}</p>
            ${answered && html`<p class="hint">${t('message.by', { name: message.answered_by ?? t('somebody') })}
                ${' '}<${Age} at=${instant(message.answered_at)} /></p>`}
            ${error && html`<${Problem} error=${error} small level="h3" />`}
            ${!answered && html`<p class="actions"><button type="button" class="button" aria-busy=${busy}
                onClick=${say}>${t('message.mark')}<span class="unseen"> ${message.subject}</span></button></p>`}
        </li>`;
}

export function Page({ query }) {
    const all = query.get('show') === 'all';
    const { data, error, more, loading, reload } = usePages(`messages ${all}`, 'messages', (page, options) =>
        admin.messages({ ...(all ? {} : { open: 'true' }), ...page }, options));
    // They are in no event.
    useEvery(30, reload);
    if (!data && error) return html`
        <${Top} title=${t('messages.title')} />
        <${Problem} error=${error} title=${t('messages.unread')} retry=${reload} />`;
    if (!data) return html`
        <${Top} title=${t('messages.title')}><${LeadSkeleton} /><//>
        <${Skeleton} shape="panel" count=${2} label=${t('messages.loading')} />`;
    return html`
        <${Top} title=${t('messages.title')}><p class="lead">${t('messages.lead')}</p><//>
        <div class="toolbar">
            <${LinkChoice} label=${t('messages.which')} name="show" value=${all ? 'all' : null}
                options=${[[null, t('messages.open.word')], ['all', t('all')]]} />
        </div>
        ${data.rows.length === 0
            ? html`<${Empty} icon="classrooms" small title=${t(all ? 'messages.none' : 'messages.none.open')}>
                <p>${t('messages.none.says')}</p><//>`
            : html`
                <ul class="admin-stack" role="list">${data.rows.map((message) => html`
                    <${Message} key=${message.id} message=${message} reload=${reload} />`)}</ul>
                <${More} more=${more} loading=${loading} word=${t('messages.more')} />`}`;
}
