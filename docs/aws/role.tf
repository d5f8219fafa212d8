# GenAiCostPortal: one read-only role that the portal assumes with an external id. Each feed brings exactly the actions that its
# plan names (Sources page, GET /api/v1/feeds); a feed that is not listed in var.feeds brings none.

terraform {
  required_version = ">= 1.3"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 4.0"
    }
  }
}

variable "portal_principal_arn" {
  type        = string
  description = "ARN of the role or user that the portal runs as. It alone may assume this role."
}

variable "external_id" {
  type        = string
  sensitive   = true
  description = "A secret of your choice, the same as ExternalId of the connection."

  validation {
    condition     = length(var.external_id) >= 16
    error_message = "Give at least 16 characters."
  }
}

variable "role_name" {
  type    = string
  default = "GenAiCostPortal"
}

variable "feeds" {
  type        = set(string)
  default     = ["CostExplorer", "CloudWatch"]
  description = "Feeds that this account's connection has on; Accounts only in the organisation's management account, PriceList only where PriceList:Connection names it."

  validation {
    condition     = length(setsubtract(var.feeds, ["CostExplorer", "DataExports", "Athena", "CloudWatch", "InvocationLogs", "AthenaLogs", "XRay", "Accounts", "Inventory", "PriceList"])) == 0
    error_message = "A feed is one of CostExplorer, DataExports, Athena, CloudWatch, InvocationLogs, AthenaLogs, XRay, Accounts, Inventory, PriceList."
  }
}

variable "invocation_logs_bucket" {
  type        = string
  default     = "*"
  description = "Bucket that the invocation logs lie in; a star for any."
}

variable "data_exports_bucket" {
  type        = string
  default     = "*"
  description = "Bucket that the export is delivered to; a star for any."
}

variable "athena_results_bucket" {
  type        = string
  default     = "*"
  description = "Bucket that Athena writes its results to; the only place where the portal's role may write."
}

data "aws_partition" "current" {}

data "aws_caller_identity" "current" {}

locals {
  all     = ["*"]
  buckets = "arn:${data.aws_partition.current.partition}:s3:::"

  statements = {
    CostExplorer = [
      { resources = local.all, actions = ["ce:GetCostAndUsage"] },
    ]
    DataExports = [
      { resources = ["${local.buckets}${var.data_exports_bucket}", "${local.buckets}${var.data_exports_bucket}/*"], actions = ["s3:ListBucket", "s3:GetObject"] },
    ]
    Athena = [
      { resources = local.all, actions = [
        "athena:GetTableMetadata", "athena:StartQueryExecution", "athena:GetQueryExecution", "athena:GetQueryResults", "athena:StopQueryExecution",
        "glue:GetDatabase", "glue:GetTable", "glue:GetPartitions",
      ] },
      { resources = ["${local.buckets}${var.data_exports_bucket}", "${local.buckets}${var.data_exports_bucket}/*", "${local.buckets}${var.athena_results_bucket}", "${local.buckets}${var.athena_results_bucket}/*"], actions = ["s3:GetBucketLocation", "s3:ListBucket", "s3:GetObject"] },
      { resources = ["${local.buckets}${var.athena_results_bucket}/*"], actions = ["s3:PutObject"] },
    ]
    CloudWatch = [
      { resources = local.all, actions = ["cloudwatch:ListMetrics", "cloudwatch:GetMetricData"] },
    ]
    InvocationLogs = [
      { resources = ["${local.buckets}${var.invocation_logs_bucket}", "${local.buckets}${var.invocation_logs_bucket}/*"], actions = ["s3:ListBucket", "s3:GetObject"] },
      { resources = local.all, actions = ["logs:FilterLogEvents", "bedrock:GetModelInvocationLoggingConfiguration", "bedrock:GetInferenceProfile"] },
    ]
    AthenaLogs = [
      { resources = local.all, actions = [
        "athena:GetTableMetadata", "athena:StartQueryExecution", "athena:GetQueryExecution", "athena:GetQueryResults", "athena:StopQueryExecution",
        "glue:GetDatabase", "glue:GetTable", "glue:GetPartitions", "bedrock:GetInferenceProfile",
      ] },
      { resources = ["${local.buckets}${var.invocation_logs_bucket}", "${local.buckets}${var.invocation_logs_bucket}/*", "${local.buckets}${var.athena_results_bucket}", "${local.buckets}${var.athena_results_bucket}/*"], actions = ["s3:GetBucketLocation", "s3:ListBucket", "s3:GetObject"] },
      { resources = ["${local.buckets}${var.athena_results_bucket}/*"], actions = ["s3:PutObject"] },
    ]
    XRay = [
      { resources = local.all, actions = ["xray:GetTraceSummaries", "xray:BatchGetTraces", "xray:GetTraceSegmentDestination"] },
      { resources = ["arn:${data.aws_partition.current.partition}:logs:*:${data.aws_caller_identity.current.account_id}:log-group:aws/spans:*"], actions = ["logs:FilterLogEvents"] },
    ]
    Accounts = [
      { resources = local.all, actions = ["organizations:ListAccounts"] },
    ]
    Inventory = [
      { resources = local.all, actions = [
        "tag:GetResources",
        "bedrock:ListInferenceProfiles",
        "bedrock:ListProvisionedModelThroughputs",
        "bedrock:ListCustomModels",
        "bedrock:ListGuardrails",
        "bedrock:ListTagsForResource",
        "sagemaker:ListEndpoints",
        "sagemaker:ListTags",
        "ce:ListCostAllocationTags",
      ] },
    ]
    PriceList = [
      { resources = local.all, actions = ["pricing:GetProducts"] },
    ]
  }
}

resource "aws_iam_role" "portal" {
  name                 = var.role_name
  description          = "Read by GenAiCostPortal; it can change nothing."
  max_session_duration = 3600

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { AWS = var.portal_principal_arn }
      Action    = "sts:AssumeRole"
      Condition = { StringEquals = { "sts:ExternalId" = var.external_id } }
    }]
  })
}

resource "aws_iam_role_policy" "feed" {
  for_each = var.feeds

  name = each.key
  role = aws_iam_role.portal.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [for statement in local.statements[each.key] : {
      Effect   = "Allow"
      Action   = statement.actions
      Resource = statement.resources
    }]
  })
}

output "role_arn" {
  description = "RoleArn of the connection (Aws:Connections:N:RoleArn)."
  value       = aws_iam_role.portal.arn
}
