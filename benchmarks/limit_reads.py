"""The reads as a good engineer writes them by hand, for the one kind of actor that the benchmark has.

The same answers, the same transaction, role and row-level security, and the same visibility: a recruiter of the whole
organization sees what is not confidential, what they are assigned to, and no private candidates. $1 is the
organization, $2 the actor; a row's id is $3, a page's size the last.
"""

BOARD = """
SELECT row_to_json(o) FROM (
  SELECT 'opn_' || encode(uuid_send(opening.id), 'hex') AS id, opening.title, (
    SELECT coalesce(json_agg(row_to_json(s)), '[]') FROM (
      SELECT 'stg_' || encode(uuid_send(stage.id), 'hex') AS id, stage.name, stage.kind, (
        SELECT count(*) FROM application
        WHERE application.organization_id = $1 AND application.opening_id = $3 AND application.stage_id = stage.id
        AND application.status = 'ACTIVE' AND NOT application.candidate_is_private
      ) AS "applicationCount", (
        SELECT row_to_json(p) FROM (SELECT (
          SELECT coalesce(json_agg(row_to_json(a)), '[]') FROM (
            SELECT 'app_' || encode(uuid_send(application.id), 'hex') AS id,
              application.last_activity_at AS "lastActivityAt",
              date_part('epoch', now() - application.entered_stage_at) / 86400 AS "daysInStage", (
                SELECT row_to_json(c) FROM (
                  SELECT 'cnd_' || encode(uuid_send(candidate.id), 'hex') AS id, candidate.name, candidate.headline,
                    candidate.tags
                  FROM candidate
                  WHERE candidate.organization_id = $1 AND candidate.id = application.candidate_id
                  AND NOT candidate.is_private
                ) AS c
              ) AS candidate
            FROM application
            WHERE application.organization_id = $1 AND application.opening_id = $3 AND application.stage_id = stage.id
            AND application.status = 'ACTIVE' AND NOT application.candidate_is_private
            ORDER BY application.last_activity_at DESC, application.id DESC LIMIT $4
          ) AS a
        ) AS nodes) AS p
      ) AS applications
      FROM stage
      WHERE stage.organization_id = $1 AND stage.opening_id = $3 AND stage.archived_at IS NULL
      -- Whoever is only assigned to interview sees a confidential opening's title, and none of its stages.
      AND NOT opening.is_confidential
      ORDER BY stage.position, stage.id
    ) AS s
  ) AS stages
  FROM opening
  WHERE opening.organization_id = $1 AND opening.id = $3 AND (NOT opening.is_confidential OR EXISTS (
    SELECT FROM application JOIN interviewer_assignment AS assigned
    ON assigned.organization_id = $1 AND assigned.application_id = application.id
    WHERE application.organization_id = $1 AND application.opening_id = $3
    AND assigned.membership_id = $2 AND assigned.ended_at IS NULL
  ))
) AS o
"""

OPENINGS = """
WITH page AS MATERIALIZED (
  SELECT id, title, status, updated_at, is_confidential, row_number() OVER (ORDER BY updated_at DESC, id DESC) AS number
  FROM opening
  WHERE organization_id = $1 AND status = 'OPEN' AND (NOT is_confidential OR EXISTS (
    SELECT FROM application JOIN interviewer_assignment AS assigned
    ON assigned.organization_id = $1 AND assigned.application_id = application.id
    WHERE application.organization_id = $1 AND application.opening_id = opening.id
    AND assigned.membership_id = $2 AND assigned.ended_at IS NULL
  ))
  ORDER BY updated_at DESC, id DESC LIMIT $3 + 1
)
SELECT row_to_json(r) FROM (
  SELECT (
    SELECT coalesce(json_agg(row_to_json(o)), '[]') FROM (
      SELECT 'opn_' || encode(uuid_send(page.id), 'hex') AS id, page.title, page.status,
        page.updated_at AS "updatedAt", (
          SELECT coalesce(json_agg(row_to_json(l)), '[]') FROM (
            SELECT (SELECT row_to_json(t) FROM (
              SELECT 'team_' || encode(uuid_send(team.id), 'hex') AS id, team.name FROM team
              WHERE team.organization_id = $1 AND team.id = opening_team.team_id
            ) AS t) AS team
            FROM opening_team
            WHERE opening_team.organization_id = $1 AND opening_team.opening_id = page.id AND NOT page.is_confidential
            ORDER BY opening_team.priority, opening_team.id
          ) AS l
        ) AS teams, (
          SELECT coalesce(json_agg(row_to_json(l)), '[]') FROM (
            SELECT (SELECT row_to_json(m) FROM (
              SELECT 'mem_' || encode(uuid_send(membership.id), 'hex') AS id, membership.name FROM membership
              WHERE membership.organization_id = $1 AND membership.id = member.membership_id
            ) AS m) AS membership
            FROM hiring_team_member AS member
            WHERE member.organization_id = $1 AND member.opening_id = page.id AND member.role = 'HIRING_MANAGER'
            AND NOT page.is_confidential
            ORDER BY member.id
          ) AS l
        ) AS "hiringManagers", (
          SELECT coalesce(json_agg(row_to_json(s)), '[]') FROM (
            SELECT 'stg_' || encode(uuid_send(stage.id), 'hex') AS id, stage.name, stage.kind, (
              SELECT count(*) FROM application
              WHERE application.organization_id = $1 AND application.opening_id = page.id
              AND application.stage_id = stage.id
              AND application.status = 'ACTIVE' AND NOT application.candidate_is_private
            ) AS "applicationCount"
            FROM stage
            WHERE stage.organization_id = $1 AND stage.opening_id = page.id AND stage.archived_at IS NULL
            AND NOT page.is_confidential
            ORDER BY stage.position, stage.id
          ) AS s
        ) AS stages
      FROM page WHERE page.number <= $3 ORDER BY page.number
    ) AS o
  ) AS nodes, (
    SELECT row_to_json(i) FROM (
      SELECT (SELECT count(*) > $3 FROM page) AS "hasNextPage", (
        SELECT encode(convert_to(json_build_array(updated_at, id)::text, 'UTF8'), 'base64')
        FROM page WHERE number <= $3 ORDER BY number DESC LIMIT 1
      ) AS "endCursor"
    ) AS i
  ) AS "pageInfo"
) AS r
"""

PROFILE = """
SELECT row_to_json(c) FROM (
  SELECT 'cnd_' || encode(uuid_send(candidate.id), 'hex') AS id, candidate.name, candidate.headline, candidate.tags, (
    SELECT row_to_json(p) FROM (SELECT (
      SELECT coalesce(json_agg(row_to_json(a)), '[]') FROM (
        SELECT 'app_' || encode(uuid_send(application.id), 'hex') AS id,
          CASE WHEN held.readable THEN application.status END AS status,
          application.applied_at AS "appliedAt",
          CASE WHEN held.readable THEN application.last_activity_at END AS "lastActivityAt", (
            SELECT row_to_json(o) FROM (
              SELECT 'opn_' || encode(uuid_send(opening.id), 'hex') AS id, opening.title
            ) AS o WHERE held.readable OR EXISTS (
              SELECT FROM application AS other JOIN interviewer_assignment AS assigned
              ON assigned.organization_id = $1 AND assigned.application_id = other.id
              WHERE other.organization_id = $1 AND other.opening_id = opening.id
              AND assigned.membership_id = $2 AND assigned.ended_at IS NULL
            )
          ) AS opening, (
            SELECT row_to_json(s) FROM (
              SELECT 'stg_' || encode(uuid_send(stage.id), 'hex') AS id, stage.name FROM stage
              WHERE stage.organization_id = $1 AND stage.id = application.stage_id AND NOT opening.is_confidential
            ) AS s
          ) AS stage, (
            SELECT coalesce(json_agg(row_to_json(t)), '[]') FROM (
              SELECT 'trn_' || encode(uuid_send(transition.id), 'hex') AS id, (
                  SELECT row_to_json(s) FROM (
                    SELECT 'stg_' || encode(uuid_send(stage.id), 'hex') AS id, stage.name FROM stage
                    WHERE stage.organization_id = $1 AND stage.id = transition.from_stage_id
                    AND NOT opening.is_confidential
                  ) AS s
                ) AS "fromStage", (
                  SELECT row_to_json(s) FROM (
                    SELECT 'stg_' || encode(uuid_send(stage.id), 'hex') AS id, stage.name FROM stage
                    WHERE stage.organization_id = $1 AND stage.id = transition.to_stage_id
                    AND NOT opening.is_confidential
                  ) AS s
                ) AS "toStage",
                transition.occurred_at AS "occurredAt", transition.seconds_in_from_stage AS "secondsInFromStage",
                transition.cause
              FROM stage_transition AS transition
              WHERE transition.organization_id = $1 AND transition.application_id = application.id AND held.readable
              ORDER BY transition.occurred_at, transition.id
            ) AS t
          ) AS transitions
        FROM application
        JOIN opening ON opening.organization_id = $1 AND opening.id = application.opening_id
        -- OFFSET 0: decided once a row, not once for each field that asks.
        CROSS JOIN LATERAL (SELECT NOT opening.is_confidential OR EXISTS (
          SELECT FROM interviewer_assignment AS assigned
          WHERE assigned.organization_id = $1 AND assigned.application_id = application.id
          AND assigned.membership_id = $2 AND assigned.ended_at IS NULL
        ) AS readable OFFSET 0) AS held
        WHERE application.organization_id = $1 AND application.candidate_id = $3
        AND NOT application.candidate_is_private AND (held.readable OR application.credited_to_id = $2)
        ORDER BY CASE WHEN held.readable THEN application.last_activity_at ELSE application.applied_at END DESC,
          application.id DESC
        LIMIT $4
      ) AS a
    ) AS nodes) AS p
  ) AS applications
  FROM candidate WHERE candidate.organization_id = $1 AND candidate.id = $3 AND NOT candidate.is_private
) AS c
"""

VIEWER = """
SELECT row_to_json(v) FROM (
  SELECT (
    SELECT row_to_json(m) FROM (
      SELECT 'mem_' || encode(uuid_send(membership.id), 'hex') AS id, (
        SELECT row_to_json(u) FROM (SELECT membership.name, membership.email) AS u
      ) AS "user"
      FROM membership WHERE membership.organization_id = $1 AND membership.id = $2
    ) AS m
  ) AS membership, (
    SELECT row_to_json(o) FROM (
      SELECT 'org_' || encode(uuid_send(organization.id), 'hex') AS id, organization.name
      FROM organization WHERE organization.organization_id = $1 AND organization.id = $1
    ) AS o
  ) AS organization, $3::text[] AS roles
) AS v
"""
