// Names under `.localhost` are this machine (RFC 6761); not every system's resolver knows it. The SDK asks a bucket as
// `<bucket>.localhost` where a client does not force paths, as in the functions that the CDK brings along.
const dns = require("node:dns");

const { lookup } = dns;
dns.lookup = (host, ...rest) => lookup(/\.localhost$/.test(host) ? "localhost" : host, ...rest);
