// A session with OpenAI's client: node session.mjs URL KEY. Prints one JSON object.
import OpenAI from 'openai';

const [baseURL, apiKey] = process.argv.slice(2);
const client = new OpenAI({ baseURL, apiKey, maxRetries: 0 });
const found = {};

const model = (await client.models.list()).data[0].id;
found.model = model;

const prompt = 'Once upon a time';
const completion = await client.completions.create({ model, prompt, max_tokens: 12, temperature: 0, logprobs: 1, echo: true });
found.completion = completion.choices[0].text;
found.firstLogprob = completion.choices[0].logprobs.token_logprobs[0];
found.usage = completion.usage;

found.stream = '';
for await (const part of await client.completions.create({ model, prompt, max_tokens: 12, temperature: 0, stream: true })) {
  found.stream += part.choices[0].text;
}

const messages = [{ role: 'system', content: 'Be kind.' }, { role: 'user', content: 'A story?' }];
const chat = await client.chat.completions.create({ model, messages, max_tokens: 12, temperature: 0, logprobs: true, top_logprobs: 2 });
found.chat = chat.choices[0].message.content;
found.reason = chat.choices[0].finish_reason;
found.topLogprobs = chat.choices[0].logprobs.content.map((token) => token.top_logprobs.length);

const events = await client.chat.completions.create({
  model, messages, max_completion_tokens: 12, temperature: 0, stream: true, stream_options: { include_usage: true },
});
found.chatStream = '';
for await (const event of events) {
  found.chatStream += event.choices[0]?.delta?.content ?? '';
  if (event.usage) found.streamUsage = event.usage;
}

const error = async (call) => {
  try {
    await call();
    return 'no error';
  } catch (e) {
    return `${e.constructor.name} ${e.status} ${e.param}`;
  }
};
found.errors = [
  await error(() => new OpenAI({ baseURL, apiKey: 'no', maxRetries: 0 }).models.list()),
  await error(() => client.completions.create({ model: 'gpt-4', prompt })),
  await error(() => client.completions.create({ model, prompt, max_tokens: 600 })),
  await error(() => client.completions.create({ model, prompt, temperature: -1 })),
];

const abort = new AbortController();
const long = await client.chat.completions.create({ model, messages, stream: true }, { signal: abort.signal });
found.beforeAbort = 0;
for await (const _ of long) if (++found.beforeAbort === 3) abort.abort();

const seeds = await Promise.all(
  [0, 1, 0, 1].map((seed) => client.completions.create({ model, prompt, max_tokens: 20, temperature: 0.8, seed })),
);
found.seeds = seeds.map((each) => each.choices[0].text);

console.log(JSON.stringify(found));
