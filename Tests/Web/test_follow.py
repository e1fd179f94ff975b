"""Stores that are read once and then followed: what happens while an answer is on its way, when events are missed, and when nobody looks any more."""
import json

# A store of things whose answers the test gives, and whose events it tells.
MAKE = """async (options, steps) => { const { Store } = await import('/lib/follow.js');
    const asked = []; const seen = [];
    const store = new Store({ topics: ['test/things'], keyOf: (each) => each.id, key: ({ data }) => data.id ?? null, drawEvery: 0, ...options,
        load: ({ signal }) => new Promise((done, fail) => { asked.push({ done, fail, signal }); signal.addEventListener('abort', () => fail(new DOMException('', 'AbortError'))); }) });
    const settle = () => new Promise((done) => setTimeout(done, 5));
    const now = () => store.list.map(({ id, value }) => [id, value]);
    return await steps({ store, asked, seen, settle, now, tell: (data) => store.take({ topic: 'test/things', data }) }); }"""


def run(page, steps, options="{}"):
    return page.evaluate(f"({MAKE})({options}, async ({{ store, asked, seen, settle, now, tell }}) => {{ {steps} }})")


KEEP = "{ isWhole: () => true }"


def test_what_events_say_while_an_answer_is_on_its_way_lies_over_it(modules):
    told = run(modules, """store.watch(() => {}); tell({ id: 'a', value: 2 }); asked[0].done([{ id: 'a', value: 1, more: 1 }, { id: 'b', value: 1 }]); await settle();
        const first = now(); tell({ id: 'b', value: 3 }); return [first, now(), store.records.get('a').more];""")
    assert told == [[["a", 2], ["b", 1]], [["a", 2], ["b", 3]], 1]


def test_what_was_said_before_a_question_is_in_its_answer(modules):
    told = run(modules, """store.watch(() => {}); tell({ id: 'a', value: 2 }); store.load(); asked[1].done([{ id: 'a', value: 1 }]); await settle(); return now();""")
    assert told == [["a", 1]]


def test_a_record_that_appears_while_an_answer_is_on_its_way_is_not_lost(modules):
    steps = "store.watch(() => {}); tell({ id: 'new', value: 1 }); asked[0].done([{ id: 'a', value: 1 }]); await settle(); return [now(), asked.length];"
    assert run(modules, steps, KEEP) == [[["a", 1], ["new", 1]], 1]
    assert run(modules, steps, "{ loadsUnknown: true }") == [[["a", 1]], 2], "it is asked for"
    assert run(modules, steps) == [[["a", 1]], 1], "it is none of these"


def test_an_unknown_record_is_read_with_all_others(modules):
    told = run(modules, """store.watch(() => {}); asked[0].done([]); await settle(); tell({ id: 'a', value: 1 }); const before = now();
        asked[1].done([{ id: 'a', value: 5 }]); await settle(); return [before, now(), asked.length];""", "{ loadsUnknown: true }")
    assert told == [[], [["a", 5]], 2]


def test_an_answer_that_was_overtaken_is_dropped(modules):
    told = run(modules, """store.watch(() => {}); store.load(); asked[1].done([{ id: 'a', value: 2 }]); await settle(); asked[0].done([{ id: 'a', value: 1 }]); await settle();
        return [now(), asked[0].signal.aborted];""")
    assert told == [[["a", 2]], True]


def test_missed_events_are_made_good_by_reading_anew(modules):
    told = run(modules, """const { live } = await import('/lib/live.js'); store.watch(() => {}); asked[0].done([{ id: 'a', value: 1 }]); await settle();
        live.missed(); await settle(); const count = asked.length; asked[count - 1].done([{ id: 'a', value: 2 }]); await settle(); return [count, now()];""")
    assert told == [2, [["a", 2]]]


def test_a_failed_question_is_asked_again_when_the_connection_is_back(modules):
    told = run(modules, """const { live } = await import('/lib/live.js'); store.watch(() => {}); asked[0].fail(new Error('no')); await settle();
        const fault = store.error.message; live.become('open'); await settle(); asked[1].done([{ id: 'a', value: 1 }]); await settle(); return [fault, store.error, now()];""")
    assert told == ["no", None, [["a", 1]]]


def test_nobody_looks_any_more_nothing_is_asked_or_told(modules):
    told = run(modules, """const { live } = await import('/lib/live.js'); let count = 0;
        const listening = () => [...live.subscriptions].filter(({ topics }) => topics.includes('test/nobody')).length;
        const end = store.watch(() => { count += 1; }); const during = listening(); end(); await settle(); const aborted = asked[0].signal.aborted; const after = listening();
        store.watch(() => {}); asked[1].done([{ id: 'a', value: 1 }]); await settle(); return [during, aborted, after, count, now()];""", "{ topics: ['test/nobody'] }")
    assert told == [1, True, 0, 0, [["a", 1]]]


def test_what_was_read_already_is_followed_from_the_event_before(modules):
    told = run(modules, """store.watch(() => {}); tell({ id: 'a', value: 2 }); return [asked.length, store.loaded, now()];""",
               "{ held: [{ id: 'a', value: 1 }], after: 0 }")
    assert told == [0, True, [["a", 2]]]


def test_no_more_records_are_kept_than_wanted(modules):
    told = run(modules, """store.watch(() => {}); asked[0].done([]); await settle(); for (let n = 0; n < 5; n += 1) tell({ id: `${n}`, value: n }); return now();""",
               "{ isWhole: () => true, most: 3 }")
    assert told == [["2", 2], ["3", 3], ["4", 4]]


def test_events_and_answers_in_any_order_end_as_the_server_has_it(modules):
    """Against a model: a server that counts, whose answers are of when they were asked or later, and whose events come in order."""
    found = run(modules, """let state = 7; const random = () => { state = (state * 1103515245 + 12345) % 2147483648; return state / 2147483648; };
        const wrong = []; const { Store } = await import('/lib/follow.js');
        for (let round = 0; round < 150; round += 1) {
            const server = new Map([['a', 1], ['b', 1]]); let version = 1; const questions = []; const events = [];
            const copy = () => [...server].map(([id, value]) => ({ id, value }));
            const store = new Store({ topics: ['test/none'], keyOf: (each) => each.id, key: ({ data }) => data.id, isWhole: () => true,
                load: ({ signal }) => new Promise((done, fail) => { questions.push({ done, signal, answer: null }); signal.addEventListener('abort', () => fail(new DOMException('', 'AbortError'))); }) });
            const end = store.watch(() => {});
            for (let step = 0; step < 14; step += 1) {
                const what = random();
                if (what < 0.35) { version += 1; const id = 'abc'[Math.floor(random() * 3)]; server.set(id, version); events.push({ topic: 't', data: { id, value: version } }); }
                else if (what < 0.6 && events.length > 0) store.take(events.shift());
                else if (what < 0.75) { const open = questions.find((each) => !each.answer); if (open) open.answer = copy(); }
                else if (what < 0.9) { const made = questions.find((each) => each.answer && !each.sent); if (made) { made.sent = true; made.done(made.answer); await Promise.resolve(); await Promise.resolve(); await Promise.resolve(); } }
                else store.load();
            }
            for (const each of questions) { each.answer ??= copy(); if (!each.sent) { each.sent = true; each.done(each.answer); } }
            await settle();
            for (const event of events) store.take(event);
            const is = new Map(store.list.map(({ id, value }) => [id, value]));
            for (const [id, value] of server) if (is.get(id) !== value) wrong.push([round, id, is.get(id) ?? null, value]);
            end();
        }
        return wrong;""")
    assert found == [], json.dumps(found[:5])
