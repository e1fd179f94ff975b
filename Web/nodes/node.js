// One node: how it is now, how it was, and what to ask of it.

import { html } from '/lib/html.js';
import { useFollowed } from '/lib/follow.js';
import { api } from '/nodes/api.js';
import { useLive, useLoad, useTick } from '/lib/hooks.js';
import { describe, health } from '/lib/fields.js';
import { live } from '/lib/live.js';
import { session } from '/lib/session.js';
import { isStale } from '/lib/silence.js';
import { instant, now } from '/lib/time.js';
import { NotFound } from '/app/notfound.js';
import { Facts } from '/nodes/facts.js';
import { chartFields, readingFields } from '/nodes/fields.js';
import { expected, isWell, stateOf, states, withEvents, withLatest } from '/nodes/model.js';
import { Refused } from '/nodes/refused.js';
import { afterEvent } from '/nodes/store.js';
import { t } from '/nodes/words.js';
import { Age } from '/parts/age.js';
import { Badge } from '/parts/badge.js';
import { Commands } from '/parts/commands.js';
import { Empty } from '/parts/empty.js';
import { Crumb, Head } from '/parts/head.js';
import { Icon } from '/parts/icons.js';
import { Problem } from '/parts/problem.js';
import { Refusals } from '/parts/refusals.js';
import { RangePicker, viewOf } from '/parts/range.js';
import { Readings } from '/parts/readings.js';
import { useSeries } from '/parts/series.js';
import { Share } from '/parts/share.js';
import { LeadSkeleton, Skeleton } from '/parts/skeleton.js';
import { Value } from '/parts/value.js';

const back = html`<${Crumb} path="/nodes" word=${t('nodes.title')} />`;

function Latest({ node, state, present }) {
    const fields = readingFields(node);
    if (fields.length === 0) return null;
    return html`
        <section aria-label=${t('latest')}>
            <h2 class="unseen">${t('latest')}</h2>
            <dl class="tiles">
                ${fields.map((field) => {
                    const entry = node.latest[field];
                    const stale = !isWell(state) || isStale(node, entry.observed_at, present);
                    return html`
                    <div class="tile" key=${field} data-stale=${stale}>
                        <dt>${describe(field).label}</dt>
                        <dd>
                            <${Value} field=${field} raw=${entry.value} stale=${stale} size="large" />
                            <span class="tile-note">
                                <${Age} at=${instant(entry.observed_at)} open label=${describe(field).label} />
                            </span>
                        </dd>
                    </div>`;
                })}
            </dl>
        </section>`;
}

/**
 * The node's own record, kept up to date. It was read before it could be listened to: `after` is the last event
 * before that.
 */
function useNode(first, after) {
    const id = first.node_id;
    const store = useFollowed(id, () => ({
        topics: [`nodes/${id}/telemetry`, `nodes/${id}/state`],
        load: async (options) => [await api.node(id, options)],
        keyOf: (node) => node.node_id,
        key: ({ data }) => data.node_id,
        apply: afterEvent,
        lay: (node, said, before) => withEvents({ ...node, latest: withLatest(before?.latest, node.latest) }, said),
        drawEvery: 0,
        held: [first],
        after,
    }));
    return { node: store.records.get(id) ?? first, readNode: () => store.load() };
}

function NodeBody({ first, after, query }) {
    useTick();
    const { node, readNode } = useNode(first, after);
    const view = viewOf(query);
    const fields = chartFields(node);
    const chart = useSeries({ of: first.node_id, fields, view, silence: node.stale_after_seconds,
        read: (asked, options) => api.readings(first.node_id, asked, options) });
    useLive([`nodes/${first.node_id}/telemetry`], (message) => chart.take(message.data), chart.reload, after);
    const present = now();
    const { state, since } = stateOf(node, present);
    const next = state === 'asleep' ? expected(node, present) : null;
    const readings = fields.filter((field) => !health.has(field));
    const own = fields.filter((field) => health.has(field));
    const charts = (names) => html`<${Readings} ...${chart} fields=${names} latest=${node.latest} view=${view}
        csv=${api.readingsCSV(first.node_id)} sync="node" />`;
    return html`
        <${Head} title=${node.node_id} above=${back}
            aside=${html`<a class="button" href="#commands"><${Icon} name="command" />${t('command.title')}</a>`}>
            <p class="lead">
                <${Badge} tone=${states[state].tone} word=${states[state].word} since=${since}
                    title=${states[state].says} />
                <span>
                    ${t(next ? 'lead.next' : `lead.${isWell(state) ? 'well' : state}`, { next,
                        age: html`<${Age} at=${instant(node.last_seen)} open label=${t('heardOf')} />` })}
                </span>
            </p>
        <//>
        <${Latest} node=${node} state=${state} present=${present} />
        <div class="columns">
            <div class="column-wide">
                <section aria-labelledby="readings-name">
                    <div class="section-head"><h2 id="readings-name">${t('readings')}</h2>
                        <${RangePicker} view=${view} /></div>
                    ${fields.length === 0 ? html`
                        <${Empty} small icon="clock" title=${t('readings.none')}>
                            <p>${t('readings.none.says')}</p>
                        <//>` : charts(readings)}
                </section>
                ${own.length > 0 && !chart.error && html`
                    <section aria-labelledby="health-name">
                        <div class="section-head"><h2 id="health-name">${t('node.itself')}</h2></div>
                        ${charts(own)}
                    </section>`}
            </div>
            <div class="column-narrow">
                <${Facts} node=${node} present=${present} />
                <${Refused} node=${node} done=${readNode} />
                ${session.may('nodes.command', node.site) && html`
                    <${Refusals} of=${node.node_id} load=${(options) => api.refusals(node.node_id, options)} />`}
                <${Commands} id=${node.node_id} kind="node" site=${node.site} path=${api.commandsPath(node.node_id)}
                    waits=${state === 'online' ? null : t('command.waits', { state })}
                    says=${(step) => t(`command.${step}`)} none=${t('commands.none')} answer=${t('command.answer')} />
                <${Share} solution="nodes" device=${node.node_id} kind="node" site=${node.site} says=${t('share.says')}
                    label=${t('link.address')} once=${t('link.once')} />
            </div>
        </div>`;
}

export function Page({ params, query }) {
    const { data, error, loading, reload } = useLoad(params.id, async (options) => {
        const after = live.last;
        return { node: await api.node(params.id, options), after };
    });
    if (error?.status === 404) return html`
        <${NotFound} path=${`/nodes/${params.id}`} title=${t('node.missing')} says=${t('node.missing.title')}
            back=${{ path: '/nodes', word: t('nodes.all') }} />`;
    if (error && !data) return html`
        <${Head} title=${params.id} above=${back} />
        <${Problem} error=${error} title=${t('node.unread')} retry=${reload} />`;
    if (!data || (loading && !data)) return html`
        <${Head} title=${params.id} above=${back}>
            <${LeadSkeleton} />
        <//>
        <div class="tiles"><${Skeleton} shape="tile" count=${4} /></div>
        <div class="columns">
            <div class="column-wide">
                <div class="charts"><${Skeleton} shape="chart" count=${3} label=${t('node.loading')} /></div>
            </div>
            <div class="column-narrow"><${Skeleton} shape="block" /></div>
        </div>`;
    return html`<${NodeBody} key=${data.node.node_id} first=${data.node} after=${data.after} query=${query} />`;
}
