import type { Handle, Kernels } from "../kernels";

/** A value on the way to the loss, and what the loss has to say of it so far. */
export interface Node {
  readonly value: Handle;
  /** The loss' gradient; null: nothing yet. */
  slope: Handle | null;
}

/**
 * How every value was made, to go back from the loss to what it depends on. It frees what nobody needs any more, so that
 * the next operation finds its memory in the processor's cache.
 */
export class Tape {
  private readonly live = new Set<Handle>();
  private readonly steps: (() => void)[] = [];

  constructor(private readonly kernels: Pick<Kernels, "add" | "free">) {}

  own<H extends Handle>(handle: H): H {
    this.live.add(handle);
    return handle;
  }

  free(...handles: (Handle | null)[]): void {
    for (const handle of handles) {
      if (handle && this.live.delete(handle)) this.kernels.free(handle);
    }
  }

  /** @param back hands the node's slope on to what the node was made of; then node and slope are freed */
  node(value: Handle, back?: (slope: Handle, node: Node) => void): Node {
    const node: Node = { value: this.own(value), slope: null };
    this.steps.push(() => {
      if (node.slope) back?.(node.slope, node);
      this.free(node.slope, node.value);
    });
    return node;
  }

  /** What a node is used for has this to say of it. */
  give(node: Node, slope: Handle): void {
    const sum = node.slope ? this.kernels.add(node.slope, this.own(slope)) : slope;
    if (node.slope) this.free(node.slope, slope);
    node.slope = this.own(sum);
  }

  /** From the last node to the first. */
  goBack(): void {
    for (let step = this.steps.pop(); step; step = this.steps.pop()) step();
  }

  /** Whatever is left, as after an error. */
  close(): void {
    this.free(...this.live);
  }
}
