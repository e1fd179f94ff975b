// The broker: what flows through it, and whether it keeps up.

import { html, useMemo } from '/lib/html.js';
import { useTick } from '/lib/hooks.js';
import { bytes, count, number, rate } from '/lib/format.js';
import { duration, instant, moment, now } from '/lib/time.js';
import { useBroker } from '/broker/figures.js';
import { health } from '/broker/health.js';
import { Age } from '/parts/age.js';
import { Badge } from '/parts/badge.js';
import { TimeChart } from '/parts/chart.js';
import { Head } from '/parts/head.js';
import { Problem } from '/parts/problem.js';
import { Skeleton } from '/parts/skeleton.js';
import { Meter, Tile } from '/parts/tile.js';

const view = { live: true, span: 900 };
const ms = (value) => (typeof value === 'number' ? number(value, value < 10 ? 2 : value < 100 ? 1 : 0) : '–');

const whole = (value) => number(value, 0);

const charts = [
    { name: 'throughput', label: 'Throughput', unit: 'messages/s', least: 5, format: rate,
        series: [{ label: 'Received', tone: '--chart-1' }, { label: 'Stored', tone: '--chart-2', dash: [5, 3] }] },
    { name: 'latency', label: 'Commit latency', unit: 'ms', least: 1, format: ms,
        series: [{ label: '99 of 100 within', tone: '--chart-1' },
            { label: 'Half within', tone: '--chart-2', dash: [5, 3] }] },
    { name: 'connections', label: 'Connections', unit: '', least: 4, format: whole,
        series: [{ label: 'Connections', tone: '--chart-1' }] },
    { name: 'queue', label: 'Queue depth', unit: 'messages', least: 10, format: whole,
        series: [{ label: 'Waiting', tone: '--chart-1' }] },
];

function BrokerChart({ chart, model, loading }) {
    const { label, unit, series, format } = chart;
    const words = (value) => `${format(value)}${unit && ` ${unit}`}`;
    const say = (held, from, to) => {
        const found = held.summary(from, to);
        if (!found) return 'No figures yet.';
        const name = series[0].label.toLowerCase();
        return `In the last 15 minutes: ${name} between ${format(found.low)} and ${words(found.high)}, `
            + `mean ${words(found.mean)}.`;
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
            legend=${series.length > 1} empty="No figures yet." />`;
}

function Tiles({ broker }) {
    const latency = broker.commit_latency_ms ?? {};
    return html`
        <dl class="tiles">
            <${Tile} label="Received" value=${rate(broker.messages_per_second)} unit="messages/s"
                note=${`${count(broker.messages_received)} since the start`} />
            <${Tile} label="Stored" value=${rate(broker.stored_per_second)} unit="messages/s"
                note=${`${number(broker.batch_size_mean, 1)} a commit`} />
            <${Tile} label="Connections" value=${number(broker.connections, 0)}
                note=${`${number(broker.sessions, 0)} sessions`} />
            <${Tile} label="Queue" value=${number(broker.queue_depth, 0)}
                unit=${`of ${number(broker.queue_limit, 0)}`}>
                <${Meter} value=${broker.queue_depth} limit=${broker.queue_limit} label="Queue" />
            <//>
            <${Tile} label="Commit latency" value=${ms(latency.p99)} unit="ms"
                note=${`99 of 100; half within ${ms(latency.p50)} ms`} />
        </dl>`;
}

function Facts({ broker }) {
    const facts = [
        ['Subscriptions', number(broker.subscriptions, 0)], ['Retained', number(broker.retained, 0)],
        ['Messages in', count(broker.messages_received)], ['Messages out', count(broker.messages_sent)],
        ['Bytes in', bytes(broker.bytes_received)], ['Bytes out', bytes(broker.bytes_sent)],
        ['Dropped', count(broker.messages_dropped)], ['Refused', count(broker.messages_refused)],
        ['Up for', duration((now() - instant(broker.started_at)) / 1000)], ['Version', broker.version],
    ];
    return html`
        <section class="card totals" aria-labelledby="totals">
            <h2 id="totals">Since the start</h2>
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
        <${Head} title="Broker" />
        <${Problem} error=${error} title="The broker's figures could not be read" retry=${reload} />`;
    if (!broker) return html`
        <${Head} title="Broker">
            <p class="lead"><span class="skeleton" data-shape="words" aria-hidden="true"></span></p>
        <//>
        <div class="tiles"><${Skeleton} shape="tile" count=${5} label="Loading the broker's figures" /></div>
        <div class="charts two"><${Skeleton} shape="chart" count=${4} /></div>`;
    const { tone, word, text } = health(broker, at, now());
    return html`
        <${Head} title="Broker">
            <p class="lead">
                <${Badge} tone=${tone} word=${word} />
                <span>${text}${at !== null && html` Figures of <${Age} at=${at} />.`}</span>
            </p>
        <//>
        <section aria-label="Figures now" data-stale=${tone === 'unknown'}>
            <h2 class="unseen">Now</h2>
            <${Tiles} broker=${broker} />
        </section>
        <section aria-labelledby="history">
            <div class="section-head"><h2 id="history">The last 15 minutes</h2></div>
            <div class="charts two">${drawn.map((chart) => html`
                <${BrokerChart} key=${chart.name} chart=${chart} model=${models[chart.name]}
                    loading=${loading && models[chart.name].count === 0} />`)}</div>
        </section>
        <${Facts} broker=${broker} />`;
}
