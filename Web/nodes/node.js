// One node: how it is now, how it was, and what to ask of it.

import { html, useEffect, useRef, useState } from '/lib/html.js';
import { api } from '/lib/api.js';
import { useLive, useLoad, useTick } from '/lib/hooks.js';
import { describe, health } from '/lib/fields.js';
import { live } from '/lib/live.js';
import { session } from '/lib/session.js';
import { instant, now } from '/lib/time.js';
import { NotFound } from '/app/notfound.js';
import { Charts } from '/nodes/charts.js';
import { isOpen, withCommand } from '/nodes/command-model.js';
import { Commands } from '/nodes/commands.js';
import { Facts } from '/nodes/facts.js';
import { afterState, afterTelemetry, chartFields, expected, isStale, isWell, readingFields, stateOf, states, unheardOf, withEvents, withLatest } from '/nodes/model.js';
import { Refused } from '/nodes/refused.js';
import { useSeries } from '/nodes/series.js';
import { Age } from '/parts/age.js';
import { Badge } from '/parts/badge.js';
import { Empty } from '/parts/empty.js';
import { Head } from '/parts/head.js';
import { Icon } from '/parts/icons.js';
import { Problem } from '/parts/problem.js';
import { Refusals } from '/parts/refusals.js';
import { RangePicker, viewOf } from '/parts/range.js';
import { Skeleton } from '/parts/skeleton.js';
import { toast } from '/parts/toast.js';
import { Value } from '/parts/value.js';

const describeState = { offline: 'disconnected', unknown: 'not heard of for longer than usual' };
const back = html`
    <nav class="crumbs" aria-label="You are here"><a href="/nodes"><${Icon} name="chevron" />Nodes</a></nav>`;

function Latest({ node, state, present }) {
    const fields = readingFields(node);
    if (fields.length === 0) return null;
    return html`
        <section aria-label="Latest values">
            <h2 class="unseen">Latest values</h2>
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

/** The node's own record, kept up to date; and its commands. */
function useNode(first) {
    const [node, setNode] = useState(first);
    const [commands, setCommands] = useState(null);
    const [error, setError] = useState(null);
    const id = first.node_id;
    /** The newest question for the node, and what events said since; null while none is under way. */
    const asked = useRef(null);
    const readNode = async () => {
        const mine = { said: unheardOf };
        asked.current = mine;
        try {
            const answer = await api.node(id);
            if (asked.current === mine) setNode((held) => withEvents({ ...answer, latest: withLatest(held.latest, answer.latest) }, mine.said));
        } catch { /* What is shown stays, and ages; the connection bar says why. */ }
        if (asked.current === mine) asked.current = null;
    };
    const readCommands = async () => {
        try {
            const answer = await api.commands(id, { limit: 50 });
            setError(null);
            setCommands((held) => answer.commands.reduceRight(withCommand, held ?? []));
        } catch (failure) { setError(failure); }
    };
    useEffect(() => { readCommands(); }, [id]);
    const take = ({ topic, data }) => {
        const after = { telemetry: afterTelemetry, state: afterState }[topic.split('/').at(-1)];
        if (after) {
            setNode((held) => after(held, data));
            if (asked.current) asked.current.said = after(asked.current.said, data);
        }
        if (topic.endsWith('/commands')) {
            const before = commands?.find((each) => each.command_id === data.command_id);
            if (before && isOpen(before) && data.state === 'failed') {
                toast({ tone: 'bad', text: `${data.command} failed${data.error ? `: ${data.error}` : ''}` });
            }
            setCommands((held) => withCommand(held ?? [], data));
        }
    };
    const sent = (command) => setCommands((held) => withCommand(held ?? [], command));
    return { node, commands, error, take, sent, readCommands, readAll: () => { readNode(); readCommands(); } };
}

function NodeBody({ first, after, query }) {
    useTick();
    const { node, commands, error, take, sent, readCommands, readAll } = useNode(first);
    const view = viewOf(query);
    const fields = chartFields(node);
    const chart = useSeries(node, fields, view);
    const event = (message) => {
        take(message);
        if (message.topic.endsWith('/telemetry')) chart.take(message.data);
    };
    useLive([`nodes/${node.node_id}/#`], event, () => { readAll(); chart.reload(); }, after);
    const present = now();
    const { state, since } = stateOf(node, present);
    const readings = fields.filter((field) => !health.has(field));
    const own = fields.filter((field) => health.has(field));
    const charts = (names) => html`<${Charts} ...${chart} node=${node} fields=${names} view=${view} />`;
    return html`
        <${Head} title=${node.node_id} above=${back}
            aside=${html`<a class="button" href="#commands"><${Icon} name="command" />Send a command</a>`}>
            <p class="lead">
                <${Badge} tone=${states[state].tone} word=${states[state].word} since=${since}
                    title=${states[state].says} />
                <span>
                    ${isWell(state) ? 'Heard of' : `It was ${describeState[state]}; heard of`} <${Age}
                        at=${instant(node.last_seen)} open label="Heard of" />${state === 'asleep' && expected(node, present)
                        ? `, ${expected(node, present)}` : ''}
                </span>
            </p>
        <//>
        <${Latest} node=${node} state=${state} present=${present} />
        <div class="columns">
            <div class="column-wide">
                <section aria-labelledby="readings-name">
                    <div class="section-head"><h2 id="readings-name">Readings</h2><${RangePicker} view=${view} /></div>
                    ${fields.length === 0 ? html`
                        <${Empty} small icon="clock" title="No readings yet">
                            <p>The charts begin with this node's first reading.</p>
                        <//>` : charts(readings)}
                </section>
                ${own.length > 0 && !chart.error && html`
                    <section aria-labelledby="health-name">
                        <div class="section-head"><h2 id="health-name">The node itself</h2></div>
                        ${charts(own)}
                    </section>`}
            </div>
            <div class="column-narrow">
                <${Facts} node=${node} present=${present} />
                <${Refused} node=${node} done=${readAll} />
                ${session.may('nodes.command', node.site) && html`
                    <${Refusals} of=${node.node_id} load=${(options) => api.refusals(node.node_id, options)} />`}
                <${Commands} node=${node} state=${state} commands=${commands} error=${error} reload=${readCommands}
                    sent=${sent} />
            </div>
        </div>`;
}

export function Page({ params, query }) {
    const { data, error, loading, reload } = useLoad(params.id, async (options) => {
        const after = live.last;
        return { node: await api.node(params.id, options), after };
    });
    if (error?.status === 404) return html`<${NotFound} path=${`/nodes/${params.id}`} what="node" />`;
    if (error && !data) return html`
        <${Head} title=${params.id} above=${back} />
        <${Problem} error=${error} title="The node could not be read" retry=${reload} />`;
    if (!data || (loading && !data)) return html`
        <${Head} title=${params.id} above=${back}>
            <p class="lead"><span class="skeleton" data-shape="words" aria-hidden="true"></span></p>
        <//>
        <div class="tiles"><${Skeleton} shape="tile" count=${4} /></div>
        <div class="columns">
            <div class="column-wide">
                <div class="charts"><${Skeleton} shape="chart" count=${3} label="Loading the node" /></div>
            </div>
            <div class="column-narrow"><${Skeleton} shape="block" /></div>
        </div>`;
    return html`<${NodeBody} key=${data.node.node_id} first=${data.node} after=${data.after} query=${query} />`;
}
