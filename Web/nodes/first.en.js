// The words for a hub without nodes.

export default {
    devices: 'Devices',
    'first.simulate': 'Simulate five nodes',
    'first.simulate.says': 'Try it with simulated nodes, in a shell on the hub\'s machine:',
    'simulate.more': 'Add five simulated nodes',
    'first.simulate.or': 'Or try it with simulated nodes, in a shell on the hub\'s machine:',
    'first.publish': 'Publish one reading',
    'first.none': 'No node has reported yet',
    'first.none.says': 'It appears here by itself with its first message.',
    'first.closed': 'This hub takes them only from devices that it knows: add the node under Devices and give it its key, or open the window there and switch it on.',
    'first.publish.or': 'Or publish one reading by hand:',
    'first.what': 'A node is anything that publishes its readings over MQTT.',
    'first.publish.key': 'Or publish one reading by hand, with a node’s key:',
    'first.tls': 'This hub takes MQTT with TLS, at {place}.',
};
