import { createFileRoute } from '@tanstack/react-router'
import { MyDayPage } from '@/features/activities/my-day-page'
import { Mentions } from '@/features/notices/mentions'
import { Worklists } from '@/features/sales/worklists'

export const Route = createFileRoute('/_app/')({
  component: MyDay,
})

function MyDay() {
  return (
    <MyDayPage
      aside={
        <>
          <Mentions />
          <Worklists />
        </>
      }
    />
  )
}
