# Build: docker build -t genaicostportal .
FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /source
COPY global.json Directory.Build.props Directory.Packages.props BannedSymbols.txt .editorconfig ./
COPY build build
COPY src/GenAiCostPortal.Ledger/GenAiCostPortal.Ledger.csproj src/GenAiCostPortal.Ledger/
COPY src/GenAiCostPortal.Sources/GenAiCostPortal.Sources.csproj src/GenAiCostPortal.Sources/
COPY src/GenAiCostPortal/GenAiCostPortal.csproj src/GenAiCostPortal/
RUN dotnet restore src/GenAiCostPortal
COPY src src
COPY wwwroot-assets wwwroot-assets
RUN dotnet publish src/GenAiCostPortal -c Release -o /app --no-restore

FROM mcr.microsoft.com/dotnet/aspnet:10.0
WORKDIR /app
COPY --from=build /app .
# The store, its keys and nothing else are written; the process is not root.
RUN mkdir /data && chown "$APP_UID" /data
USER $APP_UID
VOLUME /data
ENV Urls=http://+:5080 \
    Otlp__HttpUrl=http://+:4318 \
    Otlp__GrpcUrl=http://+:4317 \
    Store__ConnectionString="Data Source=/data/portal.db" \
    DOTNET_gcServer=0
EXPOSE 5080 4317 4318
ENTRYPOINT ["dotnet", "GenAiCostPortal.dll"]
