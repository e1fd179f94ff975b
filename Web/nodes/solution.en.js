// The words of the declaration in solution.js; those of the pages are in strings.en.js.

export default {
    node: 'Node',
    nodes: 'Nodes',
    online: 'online',
    asleep: 'asleep',
    offline: 'offline',
    unknown: 'unknown',
    ready: 'Ready for its first node',
};
