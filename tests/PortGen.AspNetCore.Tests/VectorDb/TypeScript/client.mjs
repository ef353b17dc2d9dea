import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { ClientCredentialsProvider } from '@modelcontextprotocol/sdk/client/auth-extensions.js';

const [url, expectedIssuer, clientId, clientSecret] = process.argv.slice(2);
const authProvider = new ClientCredentialsProvider({ clientId, clientSecret, expectedIssuer });
const client = new Client({ name: 'tests', version: '1' });
await client.connect(new StreamableHTTPClientTransport(new URL(url), { authProvider }));
const { tools } = await client.listTools();
const call = async (name, args) => (await client.callTool({ name, arguments: args })).structuredContent;
const answers = {
  tools: tools.map(t => t.name).sort(),
  created: await call('create_store', { name: 'typescript' }),
  inserted: await call('insert_vector', { store: 'typescript', id: 'a', vector: [1, 0] }),
  found: await call('search_vectors', { store: 'typescript', vector: [2, 0], k: 1 }),
  synced: await call('sync_store', { store: 'typescript' }),
};
await client.close();
console.log(JSON.stringify(answers));
