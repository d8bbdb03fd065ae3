import { useLingui } from '@lingui/react/macro'
import { useCallback, useEffect, useRef, useState, type DragEvent } from 'react'
import { getSendCompanyFileUrl, getSendPersonFileUrl } from '@/shared/api/generated/customers'
import type { CustomField, SentFile } from '@/shared/api/generated/model'
import { getSendDealFileUrl } from '@/shared/api/generated/sales'
import { upload } from '@/shared/api/upload'
import type { CustomKind } from '@/shared/custom-fields'
import { useProblemText } from '@/shared/i18n/problems'

/** Files one field of a record has at most: see `MOST_FILES` of the server. */
export const MOST_FILES = 10

const WHERE = {
  deal: getSendDealFileUrl,
  company: getSendCompanyFileUrl,
  person: getSendPersonFileUrl,
}

/** A file under way; `share` of it has gone. */
export type UnderWay = { id: string; name: string; share: number; stop: () => void }

type Told = {
  field: CustomField
  /** How many the record has already. */
  had: number
  /** Told of all that went out together, once the last has arrived. */
  onSent: (files: SentFile[]) => unknown
}

/** Sends files that were chosen or dropped, one after another. */
export function useSending({ field, had, onSent }: Told) {
  const { t } = useLingui()
  const explain = useProblemText()
  const [underWay, setUnderWay] = useState<UnderWay[]>([])
  const [problem, setProblem] = useState<string>()
  const [over, setOver] = useState(false)
  const stopAll = useRef(new Set<() => void>())
  useEffect(() => {
    const stops = stopAll.current
    return () => stops.forEach((stop) => stop())
  }, [])

  const send = useCallback(
    async (chosen: readonly File[]) => {
      const files = chosen.slice(0, Math.max(0, MOST_FILES - had))
      setProblem(files.length < chosen.length ? t`At most ${MOST_FILES} files.` : undefined)
      const waiting = files.map((file) => {
        const ends = new AbortController()
        const stop = () => ends.abort()
        stopAll.current.add(stop)
        return { id: crypto.randomUUID(), file, stop, signal: ends.signal }
      })
      setUnderWay((before) => [
        ...before,
        ...waiting.map(({ id, file, stop }) => ({ id, name: file.name, share: 0, stop })),
      ])
      const sent: SentFile[] = []
      for (const { id, file, stop, signal } of waiting) {
        const url = WHERE[field.of as CustomKind]({ field_id: field.id, name: file.name })
        const onProgress = (share: number) =>
          setUnderWay((all) => all.map((one) => (one.id === id ? { ...one, share } : one)))
        try {
          if (!signal.aborted) sent.push(await upload<SentFile>(url, file, { onProgress, signal }))
        } catch (error) {
          if (!signal.aborted) setProblem(`${file.name}: ${explain(error)}`)
        }
        stopAll.current.delete(stop)
        setUnderWay((all) => all.filter((one) => one.id !== id))
      }
      if (sent.length > 0) onSent(sent)
    },
    [t, explain, field, had, onSent],
  )

  const take = (files: FileList | null | undefined) => {
    if (files && files.length > 0) void send([...files])
  }
  return {
    underWay,
    problem,
    setProblem,
    take,
    over,
    where: {
      onDragOver: (event: DragEvent) => {
        if (!event.dataTransfer.types.includes('Files')) return
        event.preventDefault()
        setOver(true)
      },
      onDragLeave: () => setOver(false),
      onDrop: (event: DragEvent) => {
        setOver(false)
        if (event.dataTransfer.files.length === 0) return
        event.preventDefault()
        take(event.dataTransfer.files)
      },
    },
  }
}
