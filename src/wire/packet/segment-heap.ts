/** Segments that wait for a hole before them to be filled: a heap by offset, then by order of capture. */
export class SegmentHeap {
  readonly #rows: number[] = []
  readonly #starts: number[] = []

  get size(): number {
    return this.#rows.length
  }

  /** Offset of the first waiting segment; Infinity if none waits. */
  get first(): number {
    return this.#starts[0] ?? Infinity
  }

  push(row: number, start: number): void {
    let at = this.#rows.length
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (!this.#isBefore(start, row, parent)) break
      this.#move(parent, at)
      at = parent
    }
    this.#rows[at] = row
    this.#starts[at] = start
  }

  /** Takes the first row out; -1 if there is none. */
  pop(): number {
    const first = this.#rows[0]
    const row = this.#rows.pop()
    const start = this.#starts.pop()
    if (first === undefined || row === undefined || start === undefined) return -1
    const size = this.#rows.length
    if (size === 0) return first
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      if (child >= size) break
      if (child + 1 < size && !this.#isBefore(this.#starts[child] ?? 0, this.#rows[child] ?? 0, child + 1)) child++
      if (this.#isBefore(start, row, child)) break
      this.#move(child, at)
      at = child
    }
    this.#rows[at] = row
    this.#starts[at] = start
    return first
  }

  #isBefore(start: number, row: number, than: number): boolean {
    const other = this.#starts[than] ?? Infinity
    return start < other || (start === other && row < (this.#rows[than] ?? Infinity))
  }

  #move(from: number, to: number): void {
    this.#rows[to] = this.#rows[from] ?? -1
    this.#starts[to] = this.#starts[from] ?? 0
  }
}
