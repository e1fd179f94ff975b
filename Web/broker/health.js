/** The figures come every 2 s; after this long without, they say nothing about now. */
const staleAfter = 10_000;
/** Milliseconds for 99 of 100 commits above which a person would call it slow. */
const slow = 250;

/** How the broker is, in one sentence: {tone, word, text}. */
export function health(broker, at, present) {
    if (at === null || present - at > staleAfter) {
        return { tone: 'unknown', word: 'Unknown', text: 'No figures have come for more than 10 seconds.' };
    }
    const full = broker.queue_limit > 0 ? broker.queue_depth / broker.queue_limit : 0;
    if (full > 0.8) {
        return { tone: 'bad', word: 'Full', text: 'The queue is nearly full: devices are being slowed down.' };
    }
    if (full > 0.5 || broker.commit_latency_ms?.p99 > slow) {
        return { tone: 'warn', word: 'Busy', text: 'Storing is slower than usual.' };
    }
    return { tone: 'good', word: 'Well', text: 'Everything that arrives is stored at once.' };
}
