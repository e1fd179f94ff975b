import { html } from '/lib/html.js';
import { useTick } from '/lib/hooks.js';
import { number, rate } from '/lib/format.js';
import { now } from '/lib/time.js';
import { health } from '/broker/health.js';
import { useBroker } from '/broker/figures.js';
import { t } from '/home/words.js';
import { Badge } from '/parts/badge.js';
import { Icon } from '/parts/icons.js';
import { Skeleton } from '/parts/skeleton.js';
import { Spark } from '/parts/spark.js';

/** The broker in one card: how it is, how much flows, and where that came from. */
export function BrokerGlance() {
    useTick();
    const { broker, at, models, error } = useBroker();
    if (!broker) return error ? html`
        <div class="card system">
            <h3><a href="/broker">${t('broker')}</a></h3>
            <p>${t('broker.unread', { reason: error.title })}</p>
        </div>` : html`<${Skeleton} shape="card" />`;
    const { tone, word, text } = health(broker, at, now());
    const to = now() / 1000;
    const points = models.throughput.times.map((time, index) => [time, models.throughput.values[0][index] ?? 0]);
    return html`
        <div class="card system" title=${text}>
            <h3><a href="/broker">${t('broker')}</a><${Icon} name="chevron" /></h3>
            <div class="glance" data-stale=${tone === 'unknown'}>
                <p>
                    <span class="tile-number">${rate(broker.messages_per_second)}</span> <span
                        class="tile-unit">${t('broker.rate')}</span>
                </p>
                <${Spark} points=${points} from=${to - 900} to=${to} least=${4} hole=${10}
                    stale=${tone === 'unknown'} />
            </div>
            <ul class="state-words" role="list">
                <li><${Badge} tone=${tone} word=${word} quiet /></li>
                <li><strong>${number(broker.connections, 0)}</strong> ${t('broker.connections')}</li>
                <li><strong>${number(broker.queue_depth, 0)}</strong> ${t('broker.waiting')}</li>
            </ul>
        </div>`;
}
