/** The metrics of a node with several workers: whichever worker is asked, the answer is of all of them, by way of the primary. */
import cluster, { type Worker } from 'node:cluster';
import { AggregatorRegistry, type Registry } from 'prom-client';

const ASK = 'signet:metrics-ask';
const TELL = 'signet:metrics-tell';
const PATIENCE_MS = 6000;

interface Ask {
  readonly type: typeof ASK;
  readonly id: number;
}

interface Tell {
  readonly type: typeof TELL;
  readonly id: number;
  /** undefined when a worker did not answer in time. */
  readonly text: string | undefined;
}

/** In the primary: answers each worker that asks with the sum of all. */
export function collectFromWorkers(): void {
  const aggregator = new AggregatorRegistry();
  cluster.on('message', (worker: Worker, message: unknown) => {
    if (!isAsk(message)) return;
    const tell = (text: string | undefined): void => {
      if (worker.isConnected()) worker.send({ type: TELL, id: message.id, text } satisfies Tell);
    };
    aggregator.clusterMetrics().then(tell, () => {
      tell(undefined);
    });
  });
}

/** In a worker: the text of all workers; of this one alone when the primary does not answer. Elsewhere: of the registry. */
export function createMetricsText(registry: Registry): () => Promise<string> {
  const { worker } = cluster;
  if (worker === undefined) return () => registry.metrics();
  AggregatorRegistry.setRegistries(registry);
  // Its constructor is what makes this process answer the primary.
  new AggregatorRegistry();
  const waiting = new Map<number, (text: string | undefined) => void>();
  let last = 0;
  process.on('message', (message: unknown) => {
    if (isTell(message)) waiting.get(message.id)?.(message.text);
  });
  // Listening for the primary is no reason to stay: a worker that was told to end ends.
  process.channel?.unref();
  return async () => {
    last += 1;
    const id = last;
    const text = await new Promise<string | undefined>((resolve) => {
      const timer = setTimeout(resolve, PATIENCE_MS, undefined);
      waiting.set(id, (told) => {
        clearTimeout(timer);
        resolve(told);
      });
      worker.send({ type: ASK, id } satisfies Ask);
    });
    waiting.delete(id);
    return text ?? registry.metrics();
  };
}

function isAsk(message: unknown): message is Ask {
  return typeof message === 'object' && message !== null && 'type' in message && message.type === ASK;
}

function isTell(message: unknown): message is Tell {
  return typeof message === 'object' && message !== null && 'type' in message && message.type === TELL;
}
