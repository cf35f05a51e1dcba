// SPDX-License-Identifier: MIT
// Photos that look alike, without showing one of them.
import { t } from "../lang";
import { useLoad } from "../store";
import type { Copies } from "../types";
import { CaseLink, Empty, Load, short, Table, Title } from "../ui";

export function ClusterPage({ id }: { id: string }) {
  const loaded = useLoad<Copies>(`/media/${encodeURIComponent(id)}/cluster`);
  return (
    <>
      <Title text={t("cluster.title")} />
      <p>{t("cluster.about")}</p>
      <Load of={loaded}>
        {(d) =>
          d.copies.length === 0 ? (
            <Empty text={t("cluster.none")} />
          ) : (
            <Table label={t("cluster.title")} head={[t("cluster.photo"), t("cluster.where"), t("cluster.distance")]}>
              {d.copies.map((c, i) => (
                <tr key={i}>
                  <td>
                    <code dir="ltr">{c.media ? short(c.media) : "–"}</code>
                  </td>
                  <td>
                    {c.case && <CaseLink id={c.case} />}
                    {c.list && (
                      <>
                        {" "}
                        {t("photo.on-list")} <bdi>{c.list_name ?? c.list}</bdi> {c.label && <bdi>({c.label})</bdi>}
                      </>
                    )}
                  </td>
                  <td>{t("photo.distance", { n: c.distance })}</td>
                </tr>
              ))}
            </Table>
          )
        }
      </Load>
    </>
  );
}
