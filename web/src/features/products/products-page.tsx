import { Button, Checkbox, Group, Menu, Modal, Text, ActionIcon } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { notifications } from '@mantine/notifications'
import { IconDots, IconPackage, IconPlus } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Product } from '@/shared/api/generated/model'
import { useFormat } from '@/shared/i18n/format'
import { useProblemText } from '@/shared/i18n/problems'
import { given, rowsOf } from '@/shared/lib/list'
import { useMay } from '@/shared/reference'
import { EmptyState } from '@/ui/empty-state'
import { Failure } from '@/ui/failure'
import { Page } from '@/ui/page'
import { SearchInput } from '@/ui/search-input'
import { ShowMore } from '@/ui/show-more'
import { ListSkeleton } from '@/ui/skeletons'
import { Tag } from '@/ui/tag'
import { PriceLists } from './price-lists'
import { PricesForm } from './prices-form'
import { ProductForm } from './product-form'
import { productsQuery, useChangeProduct } from './queries'
import './products.css'

export type ProductsSearch = { q?: string | undefined; archived?: boolean | undefined }
type Props = { search: ProductsSearch; onSearch: (search: ProductsSearch) => void }
type Open = { what: 'product' | 'prices'; product?: Product }

/** What is sold, and at which prices. */
export function ProductsPage({ search, onSearch }: Props) {
  const { t } = useLingui()
  const mayEdit = useMay('sales.product', 'edit')
  const [open, setOpen] = useState<Open>()
  const close = () => setOpen(undefined)
  return (
    <Page
      title={t`Products`}
      filters={
        <Group gap="sm">
          <SearchInput
            label={t`Find a product`}
            value={search.q ?? ''}
            onSearch={(q) => onSearch({ ...search, q: q || undefined })}
          />
          <Checkbox
            label={t`Put away`}
            checked={search.archived ?? false}
            onChange={(event) =>
              onSearch({ ...search, archived: event.currentTarget.checked || undefined })
            }
          />
        </Group>
      }
      actions={
        mayEdit && (
          <Button leftSection={<IconPlus size={16} />} onClick={() => setOpen({ what: 'product' })}>
            {t`Add product`}
          </Button>
        )
      }
    >
      <div className="g-card">
        <Products search={search} onOpen={mayEdit ? setOpen : undefined} />
      </div>
      <PriceLists />
      {open?.what === 'product' && (
        <Modal opened onClose={close} size="lg" title={open.product ? t`Product` : t`New product`}>
          <ProductForm product={open.product} onDone={close} />
        </Modal>
      )}
      {open?.what === 'prices' && open.product && (
        <Modal opened onClose={close} size="lg" title={open.product.name}>
          <PricesForm product={open.product} onDone={close} />
        </Modal>
      )}
    </Page>
  )
}

type ListProps = { search: ProductsSearch; onOpen: ((open: Open) => void) | undefined }

function Products({ search, onOpen }: ListProps) {
  const { t } = useLingui()
  const source = useInfiniteQuery(productsQuery(given({ q: search.q, archived: search.archived })))
  if (source.error && !source.data) {
    return <Failure error={source.error} onRetry={() => void source.refetch()} />
  }
  if (source.isPending) return <ListSkeleton rows={5} />
  const products = rowsOf(source.data)
  if (products.length === 0) {
    return (
      <EmptyState
        icon={IconPackage}
        title={search.q ? t`Nothing found` : t`There are no products here`}
        text={t`What is in the catalogue is offered when lines are added to a deal.`}
      />
    )
  }
  return (
    <>
      <ul className="pr-products">
        {products.map((product) => (
          <Row key={product.id} product={product} onOpen={onOpen} />
        ))}
      </ul>
      <ShowMore source={source} />
    </>
  )
}

function Row({ product, onOpen }: { product: Product; onOpen: ListProps['onOpen'] }) {
  const { t } = useLingui()
  const format = useFormat()
  const { name, price, currency } = product
  const rate = product.vat_rate && format.exact(product.vat_rate)
  return (
    <li>
      <div className="pr-what">
        {onOpen ? (
          <button
            type="button"
            className="g-link pr-name"
            onClick={() => onOpen({ what: 'product', product })}
          >
            {name}
          </button>
        ) : (
          <b>{name}</b>
        )}
        <Text span size="sm" c="dimmed">
          {[product.code, product.category].filter(Boolean).join(' · ')}
        </Text>
      </div>
      <div className="pr-price g-num">
        {price ? `${format.money({ amount: price, currency })} / ${product.unit}` : '—'}
        <Text span size="sm" c="dimmed">
          {rate ? t`VAT ${rate} %` : t`No VAT`}
        </Text>
      </div>
      {product.archived && <Tag>{t`Put away`}</Tag>}
      {onOpen && <Acts product={product} onOpen={onOpen} />}
    </li>
  )
}

function Acts({ product, onOpen }: { product: Product; onOpen: (open: Open) => void }) {
  const { t } = useLingui()
  const problemText = useProblemText()
  const change = useChangeProduct(product.id)
  const { name, version, archived } = product
  return (
    <Menu>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={t`More: ${name}`}>
          <IconDots size={16} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => onOpen({ what: 'prices', product })}>{t`Prices`}</Menu.Item>
        <Menu.Item
          onClick={() =>
            change.mutate(
              { version, archived: !archived },
              {
                onError: (error) =>
                  notifications.show({ color: 'red', message: problemText(error) }),
              },
            )
          }
        >
          {archived ? t`Bring back` : t`Put away`}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
