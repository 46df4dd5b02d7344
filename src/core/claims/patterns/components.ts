/** The strongly connected components of a graph (Tarjan 1972): nodes that lead to each other. */

interface Visit {
  readonly node: number;
  readonly targets: readonly number[];
  tried: number;
}

/** For every node that has an entry in `next`, the number of its component. Without recursion: graphs may be deep. */
export function componentsOf(next: ReadonlyMap<number, ReadonlyMap<number, unknown>>): ReadonlyMap<number, number> {
  const component = new Map<number, number>();
  const order = new Map<number, number>();
  const lowest = new Map<number, number>();
  const open: number[] = [];
  const visits: Visit[] = [];

  const enter = (node: number): void => {
    order.set(node, order.size);
    lowest.set(node, order.size - 1);
    open.push(node);
    visits.push({ node, targets: Array.from(next.get(node)?.keys() ?? []), tried: 0 });
  };
  const lower = (node: number, to: number): void => {
    lowest.set(node, Math.min(lowest.get(node) ?? to, to));
  };
  const leave = ({ node }: Visit): void => {
    visits.pop();
    const low = lowest.get(node) ?? 0;
    const parent = visits.at(-1);
    if (parent !== undefined) lower(parent.node, low);
    if (low !== order.get(node)) return;
    for (let member = open.pop(); member !== undefined; member = open.pop()) {
      component.set(member, low);
      if (member === node) return;
    }
  };

  for (const root of next.keys()) {
    if (!order.has(root)) enter(root);
    for (let visit = visits.at(-1); visit !== undefined; visit = visits.at(-1)) {
      const target = visit.targets[visit.tried];
      visit.tried += 1;
      if (target === undefined) leave(visit);
      else if (!order.has(target)) enter(target);
      else if (!component.has(target)) lower(visit.node, order.get(target) ?? 0);
    }
  }
  return component;
}
