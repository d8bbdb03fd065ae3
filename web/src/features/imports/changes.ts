import { useMutation, useQueryClient } from '@tanstack/react-query'
import {
  changeImport,
  checkImport,
  correctRow,
  pauseImport,
  pauseUndo,
  runImport,
  stopImport,
  undoImport,
  uploadFile,
} from '@/shared/api/generated/integrations'
import type {
  FileImport,
  FileImportChange,
  FileImportKind as ImportKind,
  Lookalikes,
} from '@/shared/api/generated/model'
import { importKeys } from './queries'

/** Takes what the server says of an import for what it is now. */
function useTold() {
  const queries = useQueryClient()
  return (told: FileImport) => {
    queries.setQueryData(importKeys.one(told.id), told)
    void queries.invalidateQueries({ queryKey: importKeys.list })
  }
}

export function useUpload() {
  return useMutation({
    mutationFn: (sent: { kind: ImportKind; file: File }) =>
      uploadFile(sent.kind, sent.file, { name: sent.file.name }),
    onSuccess: useTold(),
  })
}

export function useChangeImport(id: string) {
  return useMutation({
    mutationFn: (change: FileImportChange) => changeImport(id, change),
    onSuccess: useTold(),
  })
}

const WAYS = { check: checkImport, run: runImport, pause: pauseImport, stop: stopImport }
export type ImportWay = keyof typeof WAYS

export function useWay(id: string) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (way: ImportWay) => WAYS[way](id),
    onSuccess: useTold(),
    onError: () => queries.invalidateQueries({ queryKey: importKeys.one(id) }),
  })
}

const UNDO_WAYS = { begin: undoImport, pause: pauseUndo }
export type UndoWay = keyof typeof UNDO_WAYS

export function useUndo(id: string) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (way: UndoWay) => UNDO_WAYS[way](id),
    onSuccess: useTold(),
    onError: () => queries.invalidateQueries({ queryKey: importKeys.one(id) }),
  })
}

export function useCorrectRow(id: string) {
  const queries = useQueryClient()
  const told = useTold()
  return useMutation({
    mutationFn: ({ row, ...sent }: { row: string; cells: string[]; lookalikes?: Lookalikes }) =>
      correctRow(id, row, sent),
    onSuccess: (now) => {
      told(now)
      return queries.invalidateQueries({ queryKey: importKeys.refused(id) })
    },
  })
}
