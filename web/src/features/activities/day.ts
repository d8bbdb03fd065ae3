import type { Task } from '@/shared/api/generated/model'

export type Day = { overdue: Task[]; today: Task[]; later: Task[]; done: Task[] }

/** A person's open tasks by when they are due; `now` in milliseconds, days in the local zone. */
export function byDay(tasks: readonly Task[], now: number): Day {
  const end = new Date(now)
  end.setHours(24, 0, 0, 0)
  const day: Day = { overdue: [], today: [], later: [], done: [] }
  for (const task of tasks) {
    const due = task.due_at === null ? Infinity : new Date(task.due_at).getTime()
    if (task.state === 'done') day.done.push(task)
    else if (due < now) day.overdue.push(task)
    else if (due < end.getTime()) day.today.push(task)
    else day.later.push(task)
  }
  return day
}
