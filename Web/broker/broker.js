// The broker: what flows through it, and whether it keeps up.

import { html, useMemo } from '/lib/html.js';
import { useTick } from '/lib/hooks.js';
import { bytes, count, duration, moment, number, rate } from '/lib/format.js';
import { instant, now } from '/lib/time.js';
import { useBroker } from '/broker/figures.js';
import { health } from '/broker/health.js';
import { t } from '/broker/words.js';
import { Age } from '/parts/age.js';
import { Badge } from '/parts/badge.js';
import { TimeChart } from '/parts/chart.js';
import { Head } from '/parts/head.js';
import { Problem } from '/parts/problem.js';
import { LeadSkeleton, Skeleton } from '/parts/skeleton.js';
import { Meter, Tile } from '/parts/tile.js';

const view = { live: true, span: 900 };
const ms = (value) => (typeof value === 'number' ? number(value, value < 10 ? 2 : value < 100 ? 1 : 0) : '–');

const whole = (value) => number(value, 0);

const charts = [
    { name: 'throughput', label: t('throughput'), unit: t('messagesS'), least: 5, format: rate,
        series: [{ label: t('received'), tone: '--chart-1' },
            { label: t('stored'), tone: '--chart-2', dash: [5, 3] }] },
    { name: 'latency', label: t('commitLatency'), unit: t('ms'), least: 1, format: ms,
        series: [{ label: t('latency.99'), tone: '--chart-1' },
            { label: t('latency.half'), tone: '--chart-2', dash: [5, 3] }] },
    { name: 'connections', label: t('connections'), unit: '', least: 4, format: whole,
        series: [{ label: t('connections'), tone: '--chart-1' }] },
    { name: 'queue', label: t('queueDepth'), unit: t('messages'), least: 10, format: whole,
        series: [{ label: t('waiting'), tone: '--chart-1' }] },
];

function BrokerChart({ chart, model, loading }) {
    const { label, unit, series, format } = chart;
    const words = (value) => `${format(value)}${unit && ` ${unit}`}`;
    const say = (held, from, to) => {
        const found = held.summary(from, to);
        if (!found) return t('figures.none');
        const name = series[0].label.toLowerCase();
        return t('range.says', { name, low: format(found.low), high: words(found.high),
            mean: words(found.mean) });
    };
    const shown = (value) => (typeof value === 'number' ? format(value) : '–');
    const readout = (data, index) => {
        if (typeof data[1]?.[index] !== 'number') return null;
        const values = series.map((line, at) => shown(data[at + 1][index])).join(' / ');
        return `${moment(data[0][index] * 1000)}  ${values}${unit && ` ${unit}`}`;
    };
    return html`
        <${TimeChart} label=${label} unit=${unit} model=${model} view=${view} series=${series} zero
            least=${chart.least} sync="broker" height=${176} say=${say} readout=${readout} idle=""
            columns=${series.map((line) => line.label)} format=${(column, value) => format(value)} loading=${loading}
            legend=${series.length > 1} empty=${t('figures.none')} />`;
}

function Tiles({ broker }) {
    const latency = broker.commit_latency_ms ?? {};
    return html`
        <dl class="tiles">
            <${Tile} label=${t('received')} value=${rate(broker.messages_per_second)} unit=${t('messagesS')}
                note=${t('start.messages', { messages_received: count(broker.messages_received) })} />
            <${Tile} label=${t('stored')} value=${rate(broker.stored_per_second)} unit=${t('messagesS')}
                note=${t('latency.mean', { mean: number(broker.batch_size_mean, 1) })} />
            <${Tile} label=${t('connections')} value=${number(broker.connections, 0)}
                note=${t('sessions', { count: broker.sessions })} />
            <${Tile} label=${t('queue')} value=${number(broker.queue_depth, 0)}
                unit=${t('ofLimit', { limit: broker.queue_limit })}>
                <${Meter} value=${broker.queue_depth} limit=${broker.queue_limit} label=${t('queue')} />
            <//>
            <${Tile} label=${t('commitLatency')} value=${ms(latency.p99)} unit=${t('ms')}
                note=${t('latency.says', { half: ms(latency.p50) })} />
        </dl>`;
}

function Facts({ broker }) {
    const facts = [
        [t('subscriptions'), number(broker.subscriptions, 0)], [t('retained'), number(broker.retained, 0)],
        [t('messagesIn'), count(broker.messages_received)], [t('messagesOut'), count(broker.messages_sent)],
        [t('bytesIn'), bytes(broker.bytes_received)], [t('bytesOut'), bytes(broker.bytes_sent)],
        [t('dropped'), count(broker.messages_dropped)], [t('refused'), count(broker.messages_refused)],
        [t('upFor'), duration((now() - instant(broker.started_at)) / 1000)], [t('version'), broker.version],
    ];
    return html`
        <section class="card totals" aria-labelledby="totals">
            <h2 id="totals">${t('start')}</h2>
            <dl class="facts wide">
                ${facts.map(([name, value]) => html`<div key=${name}><dt>${name}</dt><dd>${value}</dd></div>`)}
            </dl>
        </section>`;
}

export function Page() {
    useTick();
    const { broker, at, models, error, loading, reload } = useBroker();
    const drawn = useMemo(() => charts, []);
    if (!broker && error) return html`
        <${Head} title=${t('broker')} />
        <${Problem} error=${error} title=${t('figures.unread')} retry=${reload} />`;
    if (!broker) return html`
        <${Head} title=${t('broker')}>
            <${LeadSkeleton} />
        <//>
        <div class="tiles"><${Skeleton} shape="tile" count=${5} label=${t('figures.loading')} /></div>
        <div class="charts two"><${Skeleton} shape="chart" count=${4} /></div>`;
    const { tone, word, text } = health(broker, at, now());
    return html`
        <${Head} title=${t('broker')}>
            <p class="lead">
                <${Badge} tone=${tone} word=${word} />
                <span>${text}${at !== null && html` ${t('figures.of', { age: html`<${Age} at=${at} />` })}`}</span>
            </p>
        <//>
        <section aria-label=${t('figures.now')} data-stale=${tone === 'unknown'}>
            <h2 class="unseen">${t('now')}</h2>
            <${Tiles} broker=${broker} />
        </section>
        <section aria-labelledby="history">
            <div class="section-head"><h2 id="history">${t('range')}</h2></div>
            <div class="charts two">${drawn.map((chart) => html`
                <${BrokerChart} key=${chart.name} chart=${chart} model=${models[chart.name]}
                    loading=${loading && models[chart.name].count === 0} />`)}</div>
        </section>
        <${Facts} broker=${broker} />`;
}
