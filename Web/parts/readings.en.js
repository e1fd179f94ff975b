// The words of the charts of readings.

export default {
    loading: 'Loading…',
    unread: 'The readings could not be read',
    legend: 'Line: mean of {step}; shade: least to greatest. Draw over a chart to look closer.',
    'csv.of': 'file of {field}',
    increase: 'up to {field}, without a restart',
    restarted: 'it started anew',
    always: 'always {value}',
    between: 'between {low} and {high}, mean {mean}',
    span: '{low} to {high}',
    inTime: 'In {time}: {course}.',
    fromTime: 'From {time}: {course}.',
    none: 'No {field} in {time}.',
    mean: 'Mean',
    greatest: 'Greatest',
    least: 'Least',
};
