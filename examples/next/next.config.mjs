// A plain folder as the result, so that any host will do; pages are rendered on the server when it is built.
export default { output: 'export' };
